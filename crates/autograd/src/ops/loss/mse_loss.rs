use tensor::Float;

use super::Reduction;
use super::pair_loss::PairLoss;
use super::regression_loss::regression_loss;
use crate::{Number, Variable};

/// Squared error: `(x − t)²`, reduced. Both sides get gradients.
/// Shapes that differ are broadcast, with a warning on stderr, as in torch.
///
/// # Panics
/// If the shapes do not broadcast, or neither side is a float.
#[track_caller]
pub fn mse_loss(x: &Variable, target: &Variable, reduction: Reduction) -> Variable {
    regression_loss(SquaredError, x, target, reduction)
}

#[derive(Clone, Copy)]
struct SquaredError;

impl PairLoss for SquaredError {
    const NAME: &'static str = "mse_loss";
    const NODE: &'static str = "MseLossBackward0";

    #[inline(always)]
    fn f<T: Float>(self, x: T, t: T) -> T {
        (x - t) * (x - t)
    }
    #[inline(always)]
    fn dx<N: Number>(self, x: N, t: N) -> N {
        x.like(2.0) * (x - t)
    }
    #[inline(always)]
    fn dt<N: Number>(self, x: N, t: N) -> N {
        x.like(2.0) * (t - x)
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use super::*;
    use crate::gradcheck::gradchecks;

    #[test]
    fn mse_loss_gradients_match_finite_differences() {
        let x = Tensor::from([[0.5f64, -1.2, 2.0], [-0.3, 0.9, -2.5]]);
        let t = Tensor::from([[1.0f64, 0.4, -1.0], [0.2, 1.2, 0.5]]);
        for r in [Reduction::None, Reduction::Mean, Reduction::Sum] {
            gradchecks(|x| mse_loss(&x[0], &x[1], r), &[x.clone(), t.clone()]);
        }
    }
}
