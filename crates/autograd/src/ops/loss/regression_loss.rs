//! What the losses of regression share: the target may have another shape than the output, with a warning.

use std::collections::BTreeSet;
use std::io::{Write, stderr};
use std::panic::Location;
use std::sync::{Mutex, PoisonError};

use tensor::broadcast_tensors;

use super::Reduction;
use super::pair_loss::{PairLoss, pair_loss};
use crate::Variable;

/// [`pair_loss`] over the shape that `x` and `t` broadcast to. Where they had different shapes, a warning
/// goes to stderr, once for each line of a program that does it, as in torch: `[n]` against `[n, 1]` makes
/// `[n, n]`, which is hardly ever meant.
#[track_caller]
pub(super) fn regression_loss<L: PairLoss>(
    loss: L,
    x: &Variable,
    t: &Variable,
    reduction: Reduction,
) -> Variable {
    let (xs, ts) = (x.shape(), t.shape());
    if xs == ts {
        return pair_loss(loss, x, t, None, reduction);
    }
    let place = Location::caller();
    if first_time(place) {
        let warning = format!(
            "{place}: warning: {}: using a target size ({ts:?}) that is different to the input size ({xs:?}). This \
             will likely lead to incorrect results due to broadcasting. Please ensure they have the same size.\n",
            L::NAME
        );
        let _ = stderr().write_all(warning.as_bytes()); // a closed stderr is no reason to stop
    }
    let (repeated, _) = broadcast_tensors(&x.data(), &t.data());
    pair_loss(loss, &x.expand(repeated.shape()), &t.expand(repeated.shape()), None, reduction)
}

/// Whether this is the first warning about the line at `place`.
fn first_time(place: &'static Location<'static>) -> bool {
    static SEEN: Mutex<BTreeSet<&'static Location<'static>>> = Mutex::new(BTreeSet::new());
    SEEN.lock().unwrap_or_else(PoisonError::into_inner).insert(place)
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use super::*;
    use crate::gradcheck::gradchecks;
    use crate::{huber_loss, l1_loss, mse_loss, smooth_l1_loss};

    #[test]
    fn broadcast_gradients_match_finite_differences() {
        let column = Tensor::from([[0.5f64], [-1.2], [2.0]]);
        let row = Tensor::from([1.0f64, 0.4]);
        for r in [Reduction::None, Reduction::Mean, Reduction::Sum] {
            for inputs in [[column.clone(), row.clone()], [row.clone(), column.clone()]] {
                gradchecks(|x| mse_loss(&x[0], &x[1], r), &inputs);
                gradchecks(|x| l1_loss(&x[0], &x[1], r), &inputs);
                gradchecks(|x| smooth_l1_loss(&x[0], &x[1], 0.9, r), &inputs);
                gradchecks(|x| huber_loss(&x[0], &x[1], 0.9, r), &inputs);
            }
        }
    }

    #[test]
    fn a_line_is_warned_about_once() {
        let here = Location::caller();
        let there = Location::caller();
        assert!(first_time(here) && first_time(there));
        assert!(!first_time(here) && !first_time(there));
    }

    #[test]
    #[should_panic(expected = "the size of tensor a (3) must match the size of tensor b (2)")]
    fn shapes_that_do_not_broadcast_are_a_mistake() {
        mse_loss(&tensor::zeros([2, 3]).into(), &tensor::zeros([2]).into(), Reduction::Mean);
    }
}
