use tensor::Float;

use super::Reduction;
use super::pair_loss::PairLoss;
use super::regression_loss::regression_loss;
use crate::{Attribute, Number, Variable};

/// Squared error near 0, linear further out (Huber, 1964): with `d = x − t`, `d²/2` where `|d| ≤ δ`, else
/// `δ·(|d| − δ/2)`, reduced. Both sides get gradients. Shapes that differ are broadcast, with a warning on
/// stderr, and the result has the dtype of `x`, as in torch.
///
/// # Panics
/// If the shapes do not broadcast, `x` is not a float, or `delta` is not positive.
#[track_caller]
pub fn huber_loss(x: &Variable, target: &Variable, delta: f64, reduction: Reduction) -> Variable {
    assert!(delta > 0.0, "huber_loss: does not support non-positive values for delta, got {delta}");
    assert!(
        x.dtype().is_float(),
        "huber_loss: not defined for an input of {} (shape {:?})",
        x.dtype(),
        x.shape()
    );
    regression_loss(Huber { delta }, x, target, reduction).to_dtype(x.dtype())
}

#[derive(Clone, Copy)]
struct Huber {
    delta: f64,
}

impl PairLoss for Huber {
    const NAME: &'static str = "huber_loss";
    const NODE: &'static str = "HuberLossBackward0";

    fn attributes(self) -> Vec<(&'static str, Attribute)> {
        vec![("delta", self.delta.into())]
    }

    #[inline(always)]
    fn f<T: Float>(self, x: T, t: T) -> T {
        knee(x - t, self.delta, self.delta)
    }
    #[inline(always)]
    fn dx<N: Number>(self, x: N, t: N) -> N {
        knee_slope(x - t, self.delta, self.delta)
    }
    #[inline(always)]
    fn dt<N: Number>(self, x: N, t: N) -> N {
        self.dx(t, x)
    }
}

/// A parabola `slope·d²/(2·end)` that goes on as a line of that slope where `|d|` reaches `end`: Huber's
/// loss, and with slope 1 the smooth L1 loss.
#[inline(always)]
pub(super) fn knee<T: Float>(d: T, end: f64, slope: f64) -> T {
    let (d, half) = (d.abs(), T::from_f64(0.5));
    if d <= T::from_f64(end) {
        half * d * d / T::from_f64(end / slope)
    } else {
        T::from_f64(slope) * (d - half * T::from_f64(end))
    }
}

/// The derivative of [`knee`] by `d`.
#[inline(always)]
pub(super) fn knee_slope<N: Number>(d: N, end: f64, slope: f64) -> N {
    let inside = d.clone() / d.like(end / slope);
    let above = N::select(d.ge(end), d.like(slope), inside);
    N::select(d.le(-end), d.like(-slope), above)
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use super::*;
    use crate::gradcheck::gradchecks;

    #[test]
    fn huber_loss_gradients_match_finite_differences() {
        let x = Tensor::from([[0.5f64, -1.2, 2.0], [-0.3, 0.9, -2.5]]);
        let t = Tensor::from([[1.0f64, 0.4, -1.0], [0.2, 1.2, 0.5]]);
        for r in [Reduction::None, Reduction::Mean, Reduction::Sum] {
            gradchecks(|x| huber_loss(&x[0], &x[1], 0.8, r), &[x.clone(), t.clone()]);
        }
    }
}
