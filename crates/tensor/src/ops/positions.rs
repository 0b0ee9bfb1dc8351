//! Shared by the operations that read an index tensor.

use crate::{DType, Tensor};

/// The positions that `index` holds, `I64` or `I32`, checked against an axis of `size`.
#[track_caller]
pub(crate) fn positions(op: &str, index: &Tensor, axis: usize, size: usize) -> Vec<usize> {
    assert!(
        matches!(index.dtype(), DType::I64 | DType::I32),
        "{op}: Expected dtype int32/int64 for index, got {} of shape {:?}",
        index.dtype(),
        index.shape()
    );
    let index = index.to_dtype(DType::I64);
    let index = index.dense::<i64>();
    for &i in index.iter() {
        if i < 0 || i as usize >= size {
            panic!("{op}: index {i} is out of bounds for dimension {axis} with size {size}");
        }
    }
    index.iter().map(|&i| i as usize).collect()
}

/// `shape` as `[outer, n, inner]` about one axis.
pub(crate) fn about(shape: &[usize], axis: usize) -> (usize, usize, usize) {
    match shape {
        [] => (1, 1, 1),
        _ => (shape[..axis].iter().product(), shape[axis], shape[axis + 1..].iter().product()),
    }
}
