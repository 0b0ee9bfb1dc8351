use tensor::Float;

use super::Reduction;
use super::pair_loss::PairLoss;
use super::regression_loss::regression_loss;
use crate::{Number, Options, Variable};

/// The options of [`huber_loss`] and `nn::HuberLoss`.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
#[options(crate = tensor, shown = never)]
pub struct HuberLossOptions {
    /// The use made of the single losses. Default mean.
    pub reduction: Reduction,
    /// The distance at which the linear part takes over from the squared one. Default 1.
    #[option(default = 1.0, check(delta > 0.0, "does not support non-positive values for delta, got {delta}"))]
    pub delta: f64,
}

/// Squared error near 0, linear further out (Huber, 1964): with `d = x − t`, `d²/2` where `|d| ≤ δ`, else
/// `δ·(|d| − δ/2)`, reduced. Both sides get gradients. Shapes that differ are broadcast, with a warning on
/// stderr, and the result has the dtype of `x`, as in torch.
///
/// # Panics
/// If the shapes do not broadcast, `x` is not a float, or `delta` is not positive.
#[track_caller]
pub fn huber_loss(x: &Variable, target: &Variable, options: &HuberLossOptions) -> Variable {
    options.assert_valid("huber_loss");
    let dtype = x.dtype();
    assert!(dtype.is_float(), "huber_loss: not defined for an input of {dtype} (shape {:?})", x.shape());
    regression_loss(*options, x, target).to_dtype(dtype)
}

impl PairLoss for HuberLossOptions {
    const NAME: &'static str = "huber_loss";
    const NODE: &'static str = "HuberLossBackward0";

    fn reduction(self) -> Reduction {
        self.reduction
    }
    #[inline(always)]
    fn f<T: Float>(self, x: T, t: T) -> T {
        knee(x - t, self.delta, self.delta)
    }
    #[inline(always)]
    fn dx<N: Number>(self, x: N, t: N) -> N {
        knee_slope(x - t, self.delta, self.delta)
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
