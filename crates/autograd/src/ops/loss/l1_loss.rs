use tensor::{DType, Float};

use super::Reduction;
use super::pair_loss::PairLoss;
use super::regression_loss::regression_loss;
use crate::{Number, Variable};

/// Absolute error: `|x − t|`, reduced. Its gradient at `x = t` is 0. Both sides get gradients. Shapes that
/// differ are broadcast, with a warning on stderr, as in torch. Integers on both sides give integers.
///
/// # Panics
/// If the shapes do not broadcast, either side is `Bool`, or integers are to be averaged.
#[track_caller]
pub fn l1_loss(x: &Variable, target: &Variable, reduction: Reduction) -> Variable {
    let dtypes = [x.dtype(), target.dtype()];
    assert!(
        !dtypes.contains(&DType::Bool),
        "l1_loss: subtraction, the `-` operator, with a bool tensor is not supported: {dtypes:?}"
    );
    if dtypes.iter().all(|dtype| dtype.is_integer()) {
        return Variable::new(reduction.of(x.data().sub(&target.data()).abs()));
    }
    regression_loss(AbsoluteError, x, target, reduction)
}

#[derive(Clone, Copy)]
struct AbsoluteError;

impl PairLoss for AbsoluteError {
    const NAME: &'static str = "l1_loss";
    const NODE: &'static str = "MeanBackward0";

    #[inline(always)]
    fn f<T: Float>(self, x: T, t: T) -> T {
        (x - t).abs()
    }
    #[inline(always)]
    fn dx<N: Number>(self, x: N, t: N) -> N {
        sign(x - t)
    }
    #[inline(always)]
    fn dt<N: Number>(self, x: N, t: N) -> N {
        -sign(x - t)
    }
}

#[inline(always)]
pub(super) fn sign<N: Number>(x: N) -> N {
    let (one, zero) = (x.like(1.0), x.like(0.0));
    N::select(x.gt(0.0), one.clone(), zero.clone()) - N::select(x.lt(0.0), one, zero)
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use super::*;
    use crate::gradcheck::gradchecks;

    #[test]
    fn l1_loss_gradients_match_finite_differences() {
        let x = Tensor::from([[0.5f64, -1.2, 2.0], [-0.3, 0.9, -2.5]]);
        let t = Tensor::from([[1.0f64, 0.4, -1.0], [0.2, 1.2, 0.5]]);
        for r in [Reduction::None, Reduction::Mean, Reduction::Sum] {
            gradchecks(|x| l1_loss(&x[0], &x[1], r), &[x.clone(), t.clone()]);
        }
    }
}
