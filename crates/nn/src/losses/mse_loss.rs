use autograd::{Reduction, Variable, mse_loss};

use super::{Target, nothing};
use crate::Module;

/// Mean squared error: the mean of `(x − t)²`, as `torch.nn.MSELoss`.
///
/// # Shapes
/// - `input`, `target`: any, but the same; others are broadcast with a warning on stderr, as in torch
/// - output: no axes, or the shape of both without reduction
///
/// ```
/// use autograd::Variable;
/// use nn::MSELoss;
/// use tensor::Tensor;
///
/// let x = Variable::new(Tensor::from([1.0f32, 2.0, 5.0, 4.0])).requires_grad_(true);
/// let loss = MSELoss::new().forward(&x, &Tensor::from([1.0f32, 4.0, 4.0, 4.0]));
/// assert_eq!(loss.item(), 1.25);
/// loss.backward();
/// assert_eq!(x.grad().unwrap().to_vec::<f32>(), [0.0, -1.0, 0.5, 0.0]);
/// ```
#[derive(Module, Clone, Copy, Debug, Default)]
#[module(extra_repr = nothing)]
pub struct MSELoss {
    #[module(config)]
    reduction: Reduction,
}

impl MSELoss {
    /// The mean over all elements.
    pub fn new() -> Self {
        MSELoss::default()
    }

    /// The reduction given.
    pub fn with(reduction: Reduction) -> Self {
        MSELoss { reduction }
    }

    /// The loss of `input` against `target`.
    ///
    /// # Panics
    /// If the shapes do not broadcast, or neither side is a float.
    #[track_caller]
    pub fn forward(&self, input: &Variable, target: &impl Target) -> Variable {
        mse_loss(input, &target.variable(), self.reduction)
    }
}
