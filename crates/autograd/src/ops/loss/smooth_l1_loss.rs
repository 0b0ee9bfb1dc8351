use tensor::Float;

use super::huber_loss::{knee, knee_slope};
use super::pair_loss::PairLoss;
use super::regression_loss::regression_loss;
use super::{Reduction, l1_loss};
use crate::{Attribute, Number, Variable};

/// Squared error near 0, absolute error further out: with `d = x − t`, `d²/(2β)` where `|d| < β`, else
/// `|d| − β/2`, reduced. `β = 0` is [`l1_loss`]. Both sides get gradients.
/// Shapes that differ are broadcast, with a warning on stderr, as in torch.
///
/// # Panics
/// If the shapes do not broadcast, or `beta` is negative.
#[track_caller]
pub fn smooth_l1_loss(x: &Variable, target: &Variable, beta: f64, reduction: Reduction) -> Variable {
    assert!(beta >= 0.0, "smooth_l1_loss: does not support negative values for beta, got {beta}");
    if beta == 0.0 {
        return l1_loss(x, target, reduction);
    }
    regression_loss(SmoothL1 { beta }, x, target, reduction)
}

#[derive(Clone, Copy)]
struct SmoothL1 {
    beta: f64,
}

impl PairLoss for SmoothL1 {
    const NAME: &'static str = "smooth_l1_loss";
    const NODE: &'static str = "SmoothL1LossBackward0";

    fn attributes(self) -> Vec<(&'static str, Attribute)> {
        vec![("beta", self.beta.into())]
    }

    #[inline(always)]
    fn f<T: Float>(self, x: T, t: T) -> T {
        knee(x - t, self.beta, 1.0)
    }
    #[inline(always)]
    fn dx<N: Number>(self, x: N, t: N) -> N {
        knee_slope(x - t, self.beta, 1.0)
    }
    #[inline(always)]
    fn dt<N: Number>(self, x: N, t: N) -> N {
        self.dx(t, x)
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use super::*;
    use crate::gradcheck::gradchecks;

    #[test]
    fn smooth_l1_loss_gradients_match_finite_differences() {
        let x = Tensor::from([[0.5f64, -1.2, 2.0], [-0.3, 0.9, -2.5]]);
        let t = Tensor::from([[1.0f64, 0.4, -1.0], [0.2, 1.2, 0.5]]);
        for r in [Reduction::None, Reduction::Mean, Reduction::Sum] {
            gradchecks(|x| smooth_l1_loss(&x[0], &x[1], 0.8, r), &[x.clone(), t.clone()]);
        }
    }
}
