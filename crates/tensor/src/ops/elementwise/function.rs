//! The form of an elementwise function, and what functions make of tensors that hold no floats.

use super::Number;
use crate::error::not_computable;
use crate::{DType, Tensor, Value};

/// A function of each element of one tensor, with its derivative.
///
/// Nearly all of them are rows of the table in [`functions`](crate::functions).
pub trait Elementwise: Copy + Send + Sync + 'static {
    /// The name of its node in a graph, as torch prints it.
    const NODE: &'static str;

    /// The tensors that [`Elementwise::gradient`] reads beside `dy`.
    const READS: Reads;

    /// Its parameters by name. Default: none.
    fn attributes(&self) -> Vec<(&'static str, Value)> {
        Vec::new()
    }

    /// The function of every element.
    #[track_caller]
    fn value(&self, x: &Tensor) -> Tensor;

    /// The gradient of the input: the product of `dy`, the gradient of the output, and the derivative. A
    /// function with flat parts chooses 0 there instead, so that it stays 0 when `dy` is infinite or NaN.
    ///
    /// `read` is what [`Elementwise::READS`] says, and `dy` again where that is nothing. Mark the
    /// implementation `#[inline(always)]`, so that it vectorises.
    fn gradient<N: Number>(&self, dy: N, read: N) -> N;

    /// Whether the gradient is worth a loop of its own. If not, it is computed one operation after the other,
    /// as torch does, and costs no code for each dtype and instruction set.
    const FUSED: bool = true;

    /// Whether [`Elementwise::gradient_alone`] is another function.
    const SPLITS: bool = false;

    /// The same for an element that fills no vector with others, where torch calls other functions: see
    /// [`Map::alone`](crate::Map::alone).
    #[inline(always)]
    fn gradient_alone<N: Number>(&self, dy: N, read: N) -> N {
        self.gradient(dy, read)
    }
}

/// The values that a derivative reads, which the forward pass keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// The input `x`.
    Input,
    /// The output `y`; the input can be freed.
    Output,
    /// Neither: the derivative is the same everywhere.
    Nothing,
}

/// The result for a tensor that holds no floats, in a function that torch has for floats alone.
#[cold]
#[track_caller]
pub(super) fn refused(op: &str, x: &Tensor) -> Tensor {
    panic!("{op}: not implemented for {} (shape {:?})", x.dtype, x.shape())
}

/// The result for it in a function that leaves whole numbers as they are.
#[track_caller]
pub(super) fn unchanged(op: &str, x: &Tensor) -> Tensor {
    if x.dtype == DType::Bool || !x.dtype.is_computed() {
        not_computable(op, x);
    }
    x.clone()
}
