use autograd::{Reduction, Variable, l1_loss};

use super::{Target, nothing};
use crate::Module;

/// Mean absolute error: the mean of `|x − t|`, as `torch.nn.L1Loss`. The gradient where `x = t` is 0.
///
/// # Shapes
/// - `input`, `target`: any, but the same; others are broadcast with a warning on stderr, as in torch
/// - output: no axes, or the shape of both without reduction
///
/// ```
/// use autograd::Variable;
/// use nn::L1Loss;
/// use tensor::Tensor;
///
/// let x = Variable::new(Tensor::from([1.0f32, 2.0, 5.0])).requires_grad_(true);
/// let loss = L1Loss::new().forward(&x, &Tensor::from([1.0f32, 4.0, 4.0]));
/// assert_eq!(loss.item(), 1.0);
/// loss.backward();
/// assert_eq!(x.grad().unwrap().to_vec::<f32>(), [0.0, -1.0 / 3.0, 1.0 / 3.0]);
/// ```
#[derive(Module, Clone, Copy, Debug, Default)]
#[module(extra_repr = nothing)]
pub struct L1Loss {
    #[module(config)]
    reduction: Reduction,
}

impl L1Loss {
    /// The mean over all elements.
    pub fn new() -> Self {
        L1Loss::default()
    }

    /// The reduction given.
    pub fn with(reduction: Reduction) -> Self {
        L1Loss { reduction }
    }

    /// The loss of `input` against `target`.
    ///
    /// # Panics
    /// If the shapes do not broadcast, either side is `Bool`, or integers are to be averaged.
    #[track_caller]
    pub fn forward(&self, input: &Variable, target: &impl Target) -> Variable {
        l1_loss(input, &target.variable(), self.reduction)
    }
}
