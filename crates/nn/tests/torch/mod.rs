//! How near the recorded numbers of torch a layer or loss has to be.

use tensor::{DType, Tensor};
use testing::Within;

/// Panics unless `got` is `expected` to a few units in the last place, relative to the element or, where
/// terms may cancel, to 1.
#[track_caller]
pub(crate) fn assert_close(what: &str, got: &Tensor, expected: &Tensor) {
    let (rtol, atol) = if expected.dtype() == DType::F32 { (1e-6, 3e-7) } else { (1e-13, 1e-15) };
    testing::assert_close(what, got, expected, Within::relative(rtol).plus(atol));
}
