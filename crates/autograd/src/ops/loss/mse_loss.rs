use tensor::Float;

use super::Reduction;
use super::pair_loss::PairLoss;
use super::regression_loss::regression_loss;
use crate::{Number, Options, Variable};

/// The options of [`mse_loss`] and `nn::MSELoss`.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
#[options(crate = tensor, shown = never)]
pub struct MSELossOptions {
    /// The use made of the single losses. Default mean.
    pub reduction: Reduction,
}

/// Squared error: `(x − t)²`, reduced. Both sides get gradients.
/// Shapes that differ are broadcast, with a warning on stderr, as in torch.
///
/// # Panics
/// If the shapes do not broadcast, or neither side is a float.
#[track_caller]
pub fn mse_loss(x: &Variable, target: &Variable, options: &MSELossOptions) -> Variable {
    regression_loss(*options, x, target)
}

impl PairLoss for MSELossOptions {
    const NAME: &'static str = "mse_loss";
    const NODE: &'static str = "MseLossBackward0";

    fn reduction(self) -> Reduction {
        self.reduction
    }
    #[inline(always)]
    fn f<T: Float>(self, x: T, t: T) -> T {
        (x - t) * (x - t)
    }
    #[inline(always)]
    fn dx<N: Number>(self, x: N, t: N) -> N {
        x.like(2.0) * (x - t)
    }
}
