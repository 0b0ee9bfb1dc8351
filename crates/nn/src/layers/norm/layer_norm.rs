use autograd::Variable;
use tensor::{OptionValue, Shape, Value};

use super::{check, describe, start};
use crate::{Forward, Module, Options, Parameter, Training};

/// `y = (x − mean)/√(variance + eps)·weight + bias` with the mean and the biased variance over the last axes
/// (Ba, Kiros and Hinton, *Layer normalization*, 2016), as `torch.nn.LayerNorm`.
///
/// # Shapes
/// - `x`: `[…]`, and then `normalized_shape`
/// - output: that of `x`
/// - `weight`, `bias`: `normalized_shape`, which start as ones and zeros
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, LayerNorm};
/// use tensor::Tensor;
///
/// let layer = LayerNorm::new([2]);
/// let x = Variable::new(Tensor::from([[1.0f32, 3.0], [10.0, 14.0]]));
/// let expected = Tensor::from([[-1.0f32, 1.0], [-1.0, 1.0]]);
/// assert!(layer.forward(&x).data().allclose(&expected, 1e-5, 0.0));
/// assert_eq!(layer.to_string(), "LayerNorm((2,), eps=1e-05, elementwise_affine=True, bias=True)");
/// ```
#[derive(Debug, Module)]
#[module(extra_repr = Self::describe, check = Self::check)]
pub struct LayerNorm {
    /// The scale, if [`LayerNormOptions::elementwise_affine`].
    pub weight: Option<Parameter>,
    /// The shift, if [`LayerNormOptions::bias`] as well.
    pub bias: Option<Parameter>,
    /// The sizes of the last axes.
    #[module(config)]
    pub normalized_shape: Vec<usize>,
    #[module(options)]
    options: LayerNormOptions,
    training: Training,
}

/// The options of [`LayerNorm`].
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct LayerNormOptions {
    /// What is added to the variance. Default 1e-5.
    #[option(default = 1e-5)]
    pub eps: f64,
    /// Whether there is a `weight`. Default yes.
    #[option(default = true)]
    pub elementwise_affine: bool,
    /// Whether there is a `bias` where there is a `weight`. Default yes.
    #[option(default = true)]
    pub bias: bool,
}

impl LayerNorm {
    /// A norm over last axes of these sizes.
    #[track_caller]
    pub fn new(normalized_shape: impl Into<Shape>) -> Self {
        Self::with(normalized_shape, LayerNormOptions::default())
    }

    /// The norm with the options given.
    #[track_caller]
    pub fn with(normalized_shape: impl Into<Shape>, options: LayerNormOptions) -> Self {
        let normalized_shape = normalized_shape.into().to_vec();
        let [weight, bias] = start(&normalized_shape, options.elementwise_affine, options.bias);
        Self { weight, bias, normalized_shape, options, training: Training::default() }
    }

    fn describe(&self) -> String {
        let names = ["eps", "elementwise_affine", "bias"];
        describe(&[tuple(&self.normalized_shape)], &self.options, &names, self.bias.is_some())
    }

    fn check(&self) -> Result<(), String> {
        check(self, &self.normalized_shape)
    }
}

#[nn::hooks]
impl Forward for LayerNorm {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        let (weight, bias) = (self.weight.as_deref(), self.bias.as_deref());
        x.layer_norm(&self.normalized_shape, weight, bias, self.options.eps)
    }
}

/// Sizes as Python prints them: `(4, 6)`.
pub(super) fn tuple(sizes: &[usize]) -> String {
    Value::Tuple(sizes.iter().map(OptionValue::to_value).collect()).to_string()
}
