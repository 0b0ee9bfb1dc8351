use autograd::Variable;
use tensor::{Generator, Tensor, use_generator};

use crate::{
    BatchNorm, BatchNorm1d, Conv, ConvOptions, ConvTranspose, ConvTransposeOptions, Linear, LinearOptions,
    Module, Parameter,
};

/// A layer that a batch norm after it can be made part of: [`Conv`] and [`ConvTranspose`].
pub trait FuseBatchNorm: Module + Sized {
    /// The axis of the outputs in the weight.
    #[doc(hidden)]
    const AXIS: usize;

    /// The weight and the bias.
    #[doc(hidden)]
    fn parts(&self) -> (&Parameter, Option<&Parameter>);

    /// A layer of the same settings with a bias, whose numbers are no draws.
    #[doc(hidden)]
    fn with_bias(&self) -> Self;
}

impl<const D: usize> FuseBatchNorm for Conv<D> {
    const AXIS: usize = 0;

    fn parts(&self) -> (&Parameter, Option<&Parameter>) {
        (&self.weight, self.bias.as_ref())
    }

    fn with_bias(&self) -> Self {
        let options = ConvOptions { bias: true, ..self.options() };
        Conv::with(self.in_channels, self.out_channels, self.kernel_size, options)
    }
}

impl<const D: usize> FuseBatchNorm for ConvTranspose<D> {
    const AXIS: usize = 1;

    fn parts(&self) -> (&Parameter, Option<&Parameter>) {
        (&self.weight, self.bias.as_ref())
    }

    fn with_bias(&self) -> Self {
        let options = ConvTransposeOptions { bias: true, ..self.options() };
        ConvTranspose::with(self.in_channels, self.out_channels, self.kernel_size, options)
    }
}

/// The convolution that computes what `conv` and the batch norm after it do in evaluation mode, in one layer:
/// `torch.nn.utils.fuse_conv_bn_eval`, also with its `transpose=True`, which the type of `conv` tells here.
///
/// ```
/// use autograd::Variable;
/// use nn::utils::fuse_conv_bn_eval;
/// use nn::{BatchNorm2d, Conv2d, Forward, Module};
///
/// let (conv, bn) = (Conv2d::new(3, 8, 3), BatchNorm2d::new(8));
/// let x = Variable::new(tensor::randn([2, 3, 8, 8]));
/// bn.forward(&conv.forward(&x)); // collects statistics
/// conv.eval();
/// bn.eval();
/// let fused = fuse_conv_bn_eval(&conv, &bn);
/// let difference = fused.forward(&x) - bn.forward(&conv.forward(&x));
/// assert!(difference.data().abs().max().item() < 1e-5);
/// ```
///
/// # Panics
/// Unless both are in evaluation mode, and the norm has running statistics, of as many channels as `conv` has
/// outputs.
#[track_caller]
pub fn fuse_conv_bn_eval<C: FuseBatchNorm, const D: usize>(conv: &C, bn: &BatchNorm<D>) -> C {
    let (weight, bias) = conv.parts();
    let Statistics { mean, inverse, scale, shift } =
        Statistics::of("fuse_conv_bn_eval", conv, bn, weight.size(C::AXIS as isize), false);
    let mut shape = vec![1; weight.ndim()];
    shape[C::AXIS] = mean.numel();
    let fused = use_generator(&mut Generator::new(0), || conv.with_bias());
    fused.to_dtype(weight.dtype());
    let (new_weight, new_bias) = fused.parts();
    set(new_weight, weight.data() * &(&scale * &inverse).reshape(&shape[..]), weight);
    let bias_data = bias.map_or_else(|| mean.zeros_like(), |bias| bias.data());
    let new_bias = new_bias.expect("it has a bias");
    new_bias.set_data(((bias_data - &mean) * &inverse * &scale + &shift).to_dtype(weight.dtype()));
    learns(new_bias, bias.is_some_and(|bias| bias.requires_grad()));
    fused.eval();
    fused
}

/// The linear layer that computes what `linear` and the batch norm after it do in evaluation mode:
/// `torch.nn.utils.fuse_linear_bn_eval`.
///
/// # Panics
/// As [`fuse_conv_bn_eval`]; the norm may be of one feature, too.
#[track_caller]
pub fn fuse_linear_bn_eval(linear: &Linear, bn: &BatchNorm1d) -> Linear {
    let Statistics { mean, inverse, scale, shift } =
        Statistics::of("fuse_linear_bn_eval", linear, bn, linear.out_features, true);
    let scale = scale * &inverse;
    let options = LinearOptions { bias: true };
    let fused = use_generator(&mut Generator::new(0), || {
        Linear::with(linear.in_features, linear.out_features, options)
    });
    fused.to_dtype(linear.weight.dtype());
    set(&fused.weight, linear.weight.data() * &scale.unsqueeze(-1), &linear.weight);
    let bias = linear.bias.as_ref();
    let data = bias.map_or_else(|| tensor::zeros([linear.out_features]), |bias| bias.data());
    let fused_bias = fused.bias.as_ref().expect("it has a bias");
    fused_bias.set_data(((data - &mean) * &scale + &shift).to_dtype(fused_bias.dtype()));
    learns(fused_bias, bias.is_some_and(|bias| bias.requires_grad()));
    fused.eval();
    fused
}

/// What a batch norm does to a channel: `(x − mean)·inverse·scale + shift`.
struct Statistics {
    mean: Tensor,
    inverse: Tensor,
    scale: Tensor,
    shift: Tensor,
}

impl Statistics {
    #[track_caller]
    fn of<const D: usize>(
        operation: &str,
        layer: &dyn Module,
        bn: &BatchNorm<D>,
        outputs: usize,
        one_for_all: bool,
    ) -> Self {
        assert!(!layer.is_training() && !bn.is_training(), "{operation}: Fusion only for eval!");
        let (Some(mean), Some(var)) = (&bn.running_mean, &bn.running_var) else {
            panic!("{operation}: bn.running_mean and bn.running_var must not be None");
        };
        let features = mean.numel();
        assert!(
            features == outputs || (one_for_all && features == 1),
            "{operation}: the layer has {outputs} outputs, the norm {features} features"
        );
        let mean = mean.data();
        let or = |parameter: &Option<Parameter>, start: fn(&[usize]) -> Tensor| {
            parameter.as_ref().map_or_else(|| start(&[features]).to_dtype(mean.dtype()), |p| p.data())
        };
        let inverse = (var.data() + bn.options().eps).rsqrt();
        let scale = or(&bn.weight, |shape| tensor::ones(shape));
        let shift = or(&bn.bias, |shape| tensor::zeros(shape));
        Statistics { inverse, scale, shift, mean }
    }
}

/// New numbers; it learns if the old one does.
fn set(parameter: &Parameter, data: Tensor, old: &Parameter) {
    parameter.set_data(data.to_dtype(old.dtype()));
    learns(parameter, old.requires_grad());
}

fn learns(parameter: &Parameter, requires_grad: bool) {
    let _ = Variable::clone(parameter).requires_grad_(requires_grad);
}
