use tensor::Float;

use super::huber_loss::{knee, knee_slope};
use super::pair_loss::PairLoss;
use super::regression_loss::regression_loss;
use super::{L1LossOptions, Reduction, l1_loss};
use crate::{Number, Options, Variable};

/// The options of [`smooth_l1_loss`] and `nn::SmoothL1Loss`.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
#[options(crate = tensor, shown = never)]
pub struct SmoothL1LossOptions {
    /// The use made of the single losses. Default mean.
    pub reduction: Reduction,
    /// The distance at which the absolute error takes over from the squared one; 0 is [`l1_loss`]. Default 1.
    #[option(default = 1.0, check(beta >= 0.0, "does not support negative values for beta, got {beta}"))]
    pub beta: f64,
}

/// Squared error near 0, absolute error further out: with `d = x − t`, `d²/(2β)` where `|d| < β`, else
/// `|d| − β/2`, reduced. `β = 0` is [`l1_loss`]. Both sides get gradients.
/// Shapes that differ are broadcast, with a warning on stderr, as in torch.
///
/// # Panics
/// If the shapes do not broadcast, or `beta` is negative.
#[track_caller]
pub fn smooth_l1_loss(x: &Variable, target: &Variable, options: &SmoothL1LossOptions) -> Variable {
    options.assert_valid("smooth_l1_loss");
    let reduction = options.reduction;
    if options.beta == 0.0 {
        return l1_loss(x, target, &L1LossOptions { reduction });
    }
    regression_loss(*options, x, target)
}

impl PairLoss for SmoothL1LossOptions {
    const NAME: &'static str = "smooth_l1_loss";
    const NODE: &'static str = "SmoothL1LossBackward0";

    fn reduction(self) -> Reduction {
        self.reduction
    }
    #[inline(always)]
    fn f<T: Float>(self, x: T, t: T) -> T {
        knee(x - t, self.beta, 1.0)
    }
    #[inline(always)]
    fn dx<N: Number>(self, x: N, t: N) -> N {
        knee_slope(x - t, self.beta, 1.0)
    }
}
