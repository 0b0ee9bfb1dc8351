use tensor::dispatch::by_float;
use tensor::{Float, Map, Tensor};

use super::Reduction;
use super::pair_loss::{PairLoss, pair_loss};
use crate::{Differentiable, Number, Options, Variable};

/// The options of [`bce_loss`] and `nn::BCELoss`.
#[derive(Clone, Debug, Options)]
#[options(crate = tensor, shown = never)]
pub struct BCELossOptions {
    /// A factor for the loss of each element, spread over the shape of the input. Default 1.
    #[option(skip)]
    pub weight: Option<Tensor>,
    /// The use made of the single losses. Default mean, over elements rather than weights.
    pub reduction: Reduction,
}

/// Binary cross entropy of probabilities `x`: `−w·(t·ln x + (1 − t)·ln(1 − x))`, reduced, with both
/// logarithms no lower than −100. Both sides get gradients. [`bce_with_logits`](super::bce_with_logits) is
/// the steadier choice where `x` comes out of a sigmoid.
///
/// # Panics
/// If the shapes or dtypes differ, or an element of `x` or of the target is outside [0, 1].
#[track_caller]
pub fn bce_loss(x: &Variable, target: &Variable, options: &BCELossOptions) -> Variable {
    let (xs, ts) = (x.data(), target.data());
    let (found, expected, target_size, size) = (ts.dtype(), xs.dtype(), ts.shape(), xs.shape());
    assert!(
        found == expected,
        "bce_loss: found dtype {found} but expected {expected} (target {target_size:?}, input {size:?})"
    );
    // The shapes are checked before the values.
    let reduction = options.reduction;
    let loss = pair_loss(BinaryCrossEntropy { reduction }, options.weight.as_ref(), x, target);
    for (what, values) in [("input", xs), ("target", ts)] {
        assert!(
            all_in_unit_interval(&values),
            "bce_loss: all elements of {what} should be between 0 and 1, got {values}"
        );
    }
    loss
}

fn all_in_unit_interval(x: &Tensor) -> bool {
    fn all<T: Float>(x: &Tensor) -> bool {
        let inside = |x: &T| (T::ZERO <= *x) & (*x <= T::ONE);
        // Without an early end the compiler looks at a vector's elements at once.
        x.contiguous().as_slice::<T>().iter().fold(true, |all, x| all & inside(x))
    }
    by_float!("bce_loss", x, T => all::<T>(x))
}

#[derive(Clone, Copy, Debug, Options)]
#[options(crate = tensor)]
struct BinaryCrossEntropy {
    reduction: Reduction,
}

/// The least that torch divides by: 1e-12 as an f32.
const EPSILON: f64 = 1e-12f32 as f64;

#[inline(always)]
fn at_least<N: Number>(x: N, bound: f64) -> N {
    N::select(x.lt(bound), x.like(bound), x)
}

/// `y/((1 − x)·x)`
#[inline(always)]
fn over_variance<N: Number>(y: N, x: N) -> N {
    y / at_least((x.like(1.0) - x.clone()) * x, EPSILON)
}

#[derive(Clone, Copy)]
struct OverVariance;

impl<N: Number> Map<(N, N), N> for OverVariance {
    #[inline(always)]
    fn f(&self, (y, x): (N, N)) -> N {
        over_variance(y, x)
    }
}

impl PairLoss for BinaryCrossEntropy {
    const NAME: &'static str = "bce_loss";
    const NODE: &'static str = "BinaryCrossEntropyBackward0";
    const DIVIDES: bool = true;

    fn reduction(self) -> Reduction {
        self.reduction
    }
    #[inline(always)]
    fn f<T: Float>(self, x: T, t: T) -> T {
        // The C library's logarithms, as in torch.
        (t - T::ONE) * at_least((-x).ln_1p_at(true), -100.0) - t * at_least(x.ln_alone(), -100.0)
    }
    #[inline(always)]
    fn dx<N: Number>(self, x: N, t: N) -> N {
        over_variance(x.clone() - t, x)
    }
    /// The difference is multiplied first, as in torch.
    fn each<V: Differentiable>(self, x: &V, t: &V, dy: &V) -> V {
        ((x.clone() - t) * dy).zip(x, OverVariance)
    }
    #[inline(always)]
    fn dt<N: Number>(self, x: N, _: N) -> N {
        -(x.clone() / (x.like(1.0) - x)).ln() // with no lower bound, as in torch
    }
}
