use autograd::{Reduction, Variable, bce_loss};
use tensor::Tensor;

use super::{Target, nothing, tensor_of};
use crate::{Buffer, Module};

/// Binary cross entropy of probabilities: the mean of `−w·(t·ln x + (1 − t)·ln(1 − x))`, as
/// `torch.nn.BCELoss`. The logarithms stop at −100, so that a sure mistake costs 100 and not ∞.
///
/// Where `x` comes out of a sigmoid, [`BCEWithLogitsLoss`](crate::BCEWithLogitsLoss) before the sigmoid is
/// faster and more exact.
///
/// # Shapes
/// - `input`, `target`: any, but the same, with values in [0, 1]
/// - output: no axes, or the input's shape without reduction
///
/// ```
/// use autograd::Variable;
/// use nn::BCELoss;
/// use tensor::Tensor;
///
/// let x = Variable::new(Tensor::from([0.5f32, 0.5]));
/// let loss = BCELoss::new().forward(&x, &Tensor::from([1.0f32, 0.0]));
/// assert!((loss.item() - 2f64.ln()).abs() < 1e-7);
/// ```
#[derive(Module, Clone, Default)]
#[module(extra_repr = nothing)]
pub struct BCELoss {
    weight: Option<Buffer>,
    #[module(config)]
    reduction: Reduction,
}

/// The options of [`BCELoss`].
#[derive(Clone, Debug, Default)]
pub struct BCELossConfig {
    /// What each element's loss is multiplied by, spread over the shape of the input. Default 1.
    pub weight: Option<Tensor>,
    /// What becomes of the single losses. Default mean, over elements rather than weights.
    pub reduction: Reduction,
}

impl BCELoss {
    /// The unweighted mean over all elements.
    pub fn new() -> Self {
        BCELoss::default()
    }

    /// The loss with the options given.
    pub fn with(BCELossConfig { weight, reduction }: BCELossConfig) -> Self {
        BCELoss { weight: weight.map(Buffer::new), reduction }
    }

    /// The loss of `input` against `target`.
    ///
    /// # Panics
    /// If the shapes or dtypes differ, or an element of either is outside [0, 1].
    #[track_caller]
    pub fn forward(&self, input: &Variable, target: &impl Target) -> Variable {
        bce_loss(input, &target.variable(), tensor_of(&self.weight).as_ref(), self.reduction)
    }
}
