use autograd::Variable;
use tensor::Shape;

use super::layer_norm::tuple;
use super::{check, describe, start};
use crate::{Forward, Module, Options, Parameter, Training};

/// `y = x/√(mean(x²) + eps)·weight` with the mean over the last axes (Zhang and Sennrich, *Root mean square
/// layer normalization*, 2019), as `torch.nn.RMSNorm`.
///
/// # Shapes
/// - `x`: `[…]`, and then `normalized_shape`
/// - output: that of `x`
/// - `weight`: `normalized_shape`, which starts as ones
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, RMSNorm};
/// use tensor::Tensor;
///
/// let layer = RMSNorm::new([2]);
/// let x = Variable::new(Tensor::from([[3.0f32, -3.0], [0.5, 0.5]]));
/// let expected = Tensor::from([[1.0f32, -1.0], [1.0, 1.0]]);
/// assert!(layer.forward(&x).data().allclose(&expected, 1e-5, 0.0));
/// assert_eq!(layer.to_string(), "RMSNorm((2,), eps=None, elementwise_affine=True)");
/// ```
#[derive(Debug, Module)]
#[module(extra_repr = Self::describe, check = Self::check)]
pub struct RMSNorm {
    /// The scale, if [`RMSNormOptions::elementwise_affine`].
    pub weight: Option<Parameter>,
    /// The sizes of the last axes.
    #[module(config)]
    pub normalized_shape: Vec<usize>,
    #[module(options)]
    options: RMSNormOptions,
    training: Training,
}

/// The options of [`RMSNorm`].
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct RMSNormOptions {
    /// What is added to the mean square. Default `None`: the distance from 1 to the next number of the dtype.
    pub eps: Option<f64>,
    /// Whether there is a `weight`. Default yes.
    #[option(default = true)]
    pub elementwise_affine: bool,
}

impl RMSNorm {
    /// A norm over last axes of these sizes.
    #[track_caller]
    pub fn new(normalized_shape: impl Into<Shape>) -> Self {
        Self::with(normalized_shape, RMSNormOptions::default())
    }

    /// The norm with the options given.
    #[track_caller]
    pub fn with(normalized_shape: impl Into<Shape>, options: RMSNormOptions) -> Self {
        let normalized_shape = normalized_shape.into().to_vec();
        let [weight, _] = start(&normalized_shape, options.elementwise_affine, false);
        Self { weight, normalized_shape, options, training: Training::default() }
    }

    fn describe(&self) -> String {
        describe(&[tuple(&self.normalized_shape)], &self.options, &["eps", "elementwise_affine"], false)
    }

    fn check(&self) -> Result<(), String> {
        check(self, &self.normalized_shape)
    }
}

#[nn::hooks]
impl Forward for RMSNorm {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        x.rms_norm(&self.normalized_shape, self.weight.as_deref(), self.options.eps)
    }
}
