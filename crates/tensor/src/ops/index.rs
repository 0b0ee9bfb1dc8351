//! What the ops that read an index tensor share.

use crate::{DType, Tensor};

/// The positions that `index` holds, checked against an axis of `size`.
#[track_caller]
pub(crate) fn positions(op: &str, index: &Tensor, axis: usize, size: usize) -> Vec<usize> {
    index.expect_dtype(op, DType::I64);
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
