use std::fmt::Debug;

/// Sees to it that `compute` gives the same whatever the number of threads, which is as before in the end.
///
/// # Panics
///
/// If it does not, saying with how many threads.
#[track_caller]
pub fn same_on_any_number_of_threads<R: PartialEq + Debug>(mut compute: impl FnMut() -> R) {
    let before = tensor::num_threads();
    let expected = compute();
    for threads in [1, 2, 3, 7] {
        tensor::set_num_threads(threads);
        assert_eq!(compute(), expected, "{threads} threads, and {before}");
    }
    tensor::set_num_threads(before);
}
