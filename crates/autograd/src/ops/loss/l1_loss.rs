use tensor::{DType, Float};

use super::Reduction;
use super::pair_loss::PairLoss;
use super::regression_loss::regression_loss;
use crate::{Number, Options, Variable};

/// The options of [`l1_loss`] and `nn::L1Loss`.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
#[options(crate = tensor, shown = never)]
pub struct L1LossOptions {
    /// The use made of the single losses. Default mean.
    pub reduction: Reduction,
}

/// Absolute error: `|x − t|`, reduced. Its gradient at `x = t` is 0. Both sides get gradients. Shapes that
/// differ are broadcast, with a warning on stderr, as in torch. Integers on both sides give integers.
///
/// # Panics
/// If the shapes do not broadcast, either side is `Bool`, or integers are to be averaged.
#[track_caller]
pub fn l1_loss(x: &Variable, target: &Variable, options: &L1LossOptions) -> Variable {
    let dtypes = [x.dtype(), target.dtype()];
    assert!(
        !dtypes.contains(&DType::Bool),
        "l1_loss: subtraction, the `-` operator, with a bool tensor is not supported: {dtypes:?}"
    );
    if dtypes.iter().all(|dtype| dtype.is_integer()) {
        return options.reduction.of_recorded((x - target).abs());
    }
    regression_loss(*options, x, target)
}

impl PairLoss for L1LossOptions {
    const NAME: &'static str = "l1_loss";
    const NODE: &'static str = "MeanBackward0";

    fn reduction(self) -> Reduction {
        self.reduction
    }
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
        -sign(x - t) // and not sign(t - x), whose 0 is another
    }
}

#[inline(always)]
fn sign<N: Number>(x: N) -> N {
    let (one, zero) = (x.like(1.0), x.like(0.0));
    N::select(x.gt(0.0), one.clone(), zero.clone()) - N::select(x.lt(0.0), one, zero)
}
