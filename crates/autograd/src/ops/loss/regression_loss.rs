//! The common part of the losses of regression: the target may have another shape than the output, with a
//! warning.

use std::collections::BTreeSet;
use std::panic::Location;
use std::sync::{Mutex, PoisonError};

use tensor::{broadcast_tensors, warn};

use super::pair_loss::{PairLoss, pair_loss};
use crate::Variable;

/// [`pair_loss`] over the shape that `x` and `t` broadcast to. Where they had different shapes, a warning
/// goes to stderr, once for each line of a program that does it, as in torch: `[n]` against `[n, 1]` makes
/// `[n, n]`, which is hardly ever meant.
#[track_caller]
pub(super) fn regression_loss<L: PairLoss>(loss: L, x: &Variable, t: &Variable) -> Variable {
    let (xs, ts) = (x.shape(), t.shape());
    if xs == ts {
        return pair_loss(loss, None, x, t);
    }
    warn_once(&format!(
        "{}: using a target size ({ts:?}) that is different to the input size ({xs:?}). This will likely lead to \
         incorrect results due to broadcasting. Please ensure they have the same size.",
        L::NAME
    ));
    let both = broadcast_tensors(&[x, t]);
    pair_loss(loss, None, &both[0], &both[1])
}

/// Warns on stderr, once for each line of a program that is to be warned.
#[track_caller]
pub(super) fn warn_once(message: &str) {
    if first_time(Location::caller()) {
        warn(message);
    }
}

/// Whether this is the first warning about the line at `place`.
fn first_time(place: &'static Location<'static>) -> bool {
    static SEEN: Mutex<BTreeSet<&'static Location<'static>>> = Mutex::new(BTreeSet::new());
    SEEN.lock().unwrap_or_else(PoisonError::into_inner).insert(place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MSELossOptions, mse_loss};

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
        mse_loss(&tensor::zeros([2, 3]).into(), &tensor::zeros([2]).into(), &MSELossOptions::default());
    }
}
