//! The panics that several operations share. A wrong shape or dtype is a mistake in the program, so there is
//! no error type here; each message names the operation and the shapes.

use crate::Tensor;

#[cold]
#[track_caller]
pub(crate) fn shape_mismatch(op: &str, why: &str, a: &Tensor, b: &Tensor) -> ! {
    panic!("{op}: {why}: {:?} and {:?}", a.shape(), b.shape())
}

/// Two shapes that do not broadcast: the sizes and the axis that `Shape::broadcast` found.
#[cold]
#[track_caller]
pub(crate) fn not_broadcastable(op: &str, (n, m, axis): (usize, usize, usize), a: &Tensor, b: &Tensor) -> ! {
    let why = format!(
        "the size of tensor a ({n}) must match the size of tensor b ({m}) at non-singleton dimension {axis}"
    );
    shape_mismatch(op, &why, a, b)
}

#[cold]
#[track_caller]
pub(crate) fn dtype_mismatch(op: &str, a: &Tensor, b: &Tensor) -> ! {
    panic!(
        "{op}: expected both of the same dtype, got {} {:?} and {} {:?}",
        a.dtype(),
        a.shape(),
        b.dtype(),
        b.shape()
    )
}

/// A dtype that the operation does not compute on.
#[cold]
#[track_caller]
pub fn not_computable(op: &str, t: &Tensor) -> ! {
    let (dtype, shape) = (t.dtype(), t.shape());
    if !dtype.is_computed() {
        panic!(
            "{op}: {dtype} is for files and conversion, not for computing (shape {shape:?}); convert with to_dtype first"
        )
    }
    panic!("{op}: not defined for {dtype} (shape {shape:?}); convert with to_dtype first")
}

/// A difference with a `Bool` on one side or, for `both`, on both.
#[cold]
#[track_caller]
pub(crate) fn bool_difference(op: &str, both: bool) -> ! {
    let (which, instead) = match both {
        true => ("two bool tensors", "Use the"),
        false => ("a bool tensor", "If you are trying to invert a mask, use the"),
    };
    let method = if both { "logical_xor()" } else { "logical_not()" };
    panic!(
        "{op}: Subtraction, the `-` operator, with {which} is not supported. {instead} `{method}` method instead."
    )
}

#[cold]
#[track_caller]
pub(crate) fn out_of_memory(bytes: usize, shape: &[usize]) -> ! {
    panic!("can't allocate memory: you tried to allocate {bytes} bytes for a tensor of shape {shape:?}")
}

/// A view of more elements than can be counted.
#[cold]
#[track_caller]
pub(crate) fn numel_overflow(op: &str, shape: &[usize]) -> ! {
    panic!("{op}: numel: integer multiplication overflow: {shape:?}")
}

#[cold]
#[track_caller]
pub(crate) fn dim_out_of_range(op: &str, dim: isize, n: isize) -> ! {
    panic!("{op}: dimension out of range (expected to be in range of [{}, {}], but got {dim})", -n, n - 1)
}

#[cold]
#[track_caller]
pub(crate) fn invalid_view(shape: &[usize], numel: usize) -> ! {
    panic!("shape '{shape:?}' is invalid for input of size {numel}")
}

/// `Debug` of errors in the words of their `Display`: it is what a program shows whose `main` returns them.
#[doc(hidden)]
#[macro_export]
macro_rules! debug_as_display {
    ($($error:ty),+ $(,)?) => {$(
        impl ::std::fmt::Debug for $error {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(self, f)
            }
        }
    )+};
}
