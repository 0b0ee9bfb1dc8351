use std::fmt::Debug;

use crate::alone;

/// Sees to it that `compute` gives the same whatever the number of threads, which is as before in the end.
/// The default generator is kept to it, and starts each time from the same seed.
///
/// # Panics
///
/// If it does not, saying with how many threads.
#[track_caller]
pub fn same_on_any_number_of_threads<R: PartialEq + Debug>(mut compute: impl FnMut() -> R) {
    let _alone = alone();
    let before = tensor::num_threads();
    let mut compute = || {
        tensor::manual_seed(1);
        compute()
    };
    let expected = compute();
    for threads in [1, 2, 3, 7] {
        tensor::set_num_threads(threads);
        assert_eq!(compute(), expected, "{threads} threads, and {before}");
    }
    tensor::set_num_threads(before);
}
