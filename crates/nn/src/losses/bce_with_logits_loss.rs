use autograd::{Reduction, Variable, bce_with_logits};
use tensor::Tensor;

use super::{Target, nothing, tensor_of};
use crate::{Buffer, Module};

/// Binary cross entropy of scores before the sigmoid: the mean of
/// `−w·(p·t·ln σ(x) + (1 − t)·ln(1 − σ(x)))`, without overflow for any `x`, as `torch.nn.BCEWithLogitsLoss`.
///
/// # Shapes
/// - `input`, `target`: any, but the same; targets are probabilities, usually 0 or 1
/// - output: no axes, or the input's shape without reduction
///
/// ```
/// use autograd::Variable;
/// use nn::BCEWithLogitsLoss;
/// use tensor::Tensor;
///
/// let x = Variable::new(Tensor::from([0.0f32, 1000.0])).requires_grad_(true);
/// let loss = BCEWithLogitsLoss::new().forward(&x, &Tensor::from([1.0f32, 1.0]));
/// assert!((loss.item() - 2f64.ln() / 2.0).abs() < 1e-7);
/// loss.backward();
/// assert_eq!(x.grad().unwrap().to_vec::<f32>(), [-0.25, 0.0]);
/// ```
#[derive(Module, Clone, Default)]
#[module(extra_repr = nothing)]
pub struct BCEWithLogitsLoss {
    weight: Option<Buffer>,
    pos_weight: Option<Buffer>,
    #[module(config)]
    reduction: Reduction,
}

/// The options of [`BCEWithLogitsLoss`].
#[derive(Clone, Debug, Default)]
pub struct BCEWithLogitsLossConfig {
    /// What each element's loss is multiplied by (`w`), spread over the shape of the input. Default 1.
    pub weight: Option<Tensor>,
    /// How much more a positive counts than a negative (`p`), spread over the shape of the input. Default 1.
    pub pos_weight: Option<Tensor>,
    /// What becomes of the single losses. Default mean, over elements rather than weights.
    pub reduction: Reduction,
}

impl BCEWithLogitsLoss {
    /// The unweighted mean over all elements.
    pub fn new() -> Self {
        BCEWithLogitsLoss::default()
    }

    /// The loss with the options given.
    pub fn with(config: BCEWithLogitsLossConfig) -> Self {
        BCEWithLogitsLoss {
            weight: config.weight.map(Buffer::new),
            pos_weight: config.pos_weight.map(Buffer::new),
            reduction: config.reduction,
        }
    }

    /// The loss of `input` against `target`.
    ///
    /// # Panics
    /// If the shapes differ, a weight does not broadcast to them, or either side is not a float.
    #[track_caller]
    pub fn forward(&self, input: &Variable, target: &impl Target) -> Variable {
        let (weight, pos_weight) = (tensor_of(&self.weight), tensor_of(&self.pos_weight));
        bce_with_logits(input, &target.variable(), weight.as_ref(), pos_weight.as_ref(), self.reduction)
    }
}
