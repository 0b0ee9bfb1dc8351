//! The form of an elementwise function of two tensors.

use crate::Tensor;
use crate::ops::elementwise::Array;

/// A function `z` of each pair of elements of two tensors, `x` and `y`, with its derivatives.
pub trait Pairwise: Copy + Send + Sync + 'static {
    /// The name of its node in a graph, as torch prints it.
    const NODE: &'static str;

    /// What the two derivatives read.
    const READS: [Given<bool>; 2];

    /// The function of every pair, the tensors broadcast and promoted.
    #[track_caller]
    fn value(&self, x: &Tensor, y: &Tensor) -> Tensor;

    /// The gradient of `x`: the product of `dz` and the derivative. It has the shape of `z`.
    fn dx<N: Array>(&self, dz: N, given: Given<Option<N>>) -> N;

    /// The gradient of `y`.
    fn dy<N: Array>(&self, dz: N, given: Given<Option<N>>) -> N;
}

/// Something about each of the operands of a function and its value.
#[derive(Clone, Copy, Debug, Default)]
#[allow(missing_docs)]
pub struct Given<T> {
    pub x: T,
    pub y: T,
    pub z: T,
}
