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

/// As [`positions`], of an `I64` index in which negative ones count from the end.
#[track_caller]
pub(crate) fn wrapped(op: &str, index: &Tensor, axis: usize, size: usize) -> Vec<usize> {
    let mut at = Vec::new();
    for &i in index.dense::<i64>().iter() {
        let place = if i < 0 { i.checked_add(size as i64) } else { Some(i) };
        match place {
            Some(place @ 0..) if (place as usize) < size => at.push(place as usize),
            _ => panic!("{op}: index {i} is out of bounds for dimension {axis} with size {size}"),
        }
    }
    at
}
