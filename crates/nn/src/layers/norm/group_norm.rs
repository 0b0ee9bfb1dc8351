use autograd::Variable;

use super::{check, describe, start};
use crate::{Forward, Module, Options, Parameter, Training};

/// `y = (x − mean)/√(variance + eps)·weight + bias` with the mean and the biased variance of each group of
/// channels of each image (Wu and He, *Group normalization*, 2018), as `torch.nn.GroupNorm`.
///
/// # Shapes
/// - `x`: `[batch, num_channels, …]`
/// - output: that of `x`
/// - `weight`, `bias`: `[num_channels]`, which start as ones and zeros
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, GroupNorm};
/// use tensor::Tensor;
///
/// let layer = GroupNorm::new(2, 4);
/// let x = Variable::new(Tensor::from([[1.0f32, 3.0, 10.0, 14.0]]));
/// let expected = Tensor::from([[-1.0f32, 1.0, -1.0, 1.0]]);
/// assert!(layer.forward(&x).data().allclose(&expected, 1e-5, 0.0));
/// assert_eq!(layer.to_string(), "GroupNorm(2, 4, eps=1e-05, affine=True, bias=True)");
/// ```
#[derive(Debug, Module)]
#[module(extra_repr = Self::describe, check = Self::check)]
pub struct GroupNorm {
    /// The scale, if [`GroupNormOptions::affine`].
    pub weight: Option<Parameter>,
    /// The shift, if [`GroupNormOptions::bias`] as well.
    pub bias: Option<Parameter>,
    /// The groups.
    #[module(config)]
    pub num_groups: usize,
    /// The channels, which the groups divide.
    #[module(config)]
    pub num_channels: usize,
    #[module(options)]
    options: GroupNormOptions,
    training: Training,
}

/// The options of [`GroupNorm`].
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct GroupNormOptions {
    /// What is added to the variance. Default 1e-5.
    #[option(default = 1e-5)]
    pub eps: f64,
    /// Whether there is a `weight`. Default yes.
    #[option(default = true)]
    pub affine: bool,
    /// Whether there is a `bias` where there is a `weight`. Default yes.
    #[option(default = true)]
    pub bias: bool,
}

impl GroupNorm {
    /// A norm of so many groups of channels.
    ///
    /// # Panics
    /// If the groups do not divide the channels.
    #[track_caller]
    pub fn new(num_groups: usize, num_channels: usize) -> Self {
        Self::with(num_groups, num_channels, GroupNormOptions::default())
    }

    /// The norm with the options given.
    ///
    /// # Panics
    /// As [`GroupNorm::new`].
    #[track_caller]
    pub fn with(num_groups: usize, num_channels: usize, options: GroupNormOptions) -> Self {
        let [weight, bias] = start(&[num_channels], options.affine, options.bias);
        let training = Training::default();
        let layer = Self { weight, bias, num_groups, num_channels, options, training };
        if let Err(problem) = layer.check() {
            panic!("GroupNorm: {problem}");
        }
        layer
    }

    fn describe(&self) -> String {
        let sizes = [self.num_groups, self.num_channels].map(|size| size.to_string());
        describe(&sizes, &self.options, &["eps", "affine", "bias"], self.bias.is_some())
    }

    fn check(&self) -> Result<(), String> {
        let Self { num_groups: groups, num_channels: channels, .. } = self;
        if *groups == 0 || !channels.is_multiple_of(*groups) {
            return Err(format!("num_channels ({channels}) must be divisible by num_groups ({groups})"));
        }
        check(self, &[*channels])
    }
}

#[nn::hooks]
impl Forward for GroupNorm {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        x.group_norm(self.num_groups, self.weight.as_deref(), self.bias.as_deref(), self.options.eps)
    }
}
