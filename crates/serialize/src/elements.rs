//! A tensor's elements as files hold them: row by row, little-endian.

use std::borrow::Cow;
use std::collections::HashMap;
use tensor::{DType, Tensor};

pub(crate) fn little_endian(tensor: &Tensor) -> Cow<'_, [u8]> {
    let mut bytes = tensor.bytes();
    if cfg!(target_endian = "big") {
        formats::byte_order::swap(bytes.to_mut(), tensor.dtype().size_in_bytes());
    }
    bytes
}

/// The tensor whose little-endian elements these are. The caller has checked their number.
pub(crate) fn from_little_endian(dtype: DType, shape: &[usize], bytes: &[u8]) -> Tensor {
    let mut bytes = Cow::from(bytes);
    if cfg!(target_endian = "big") {
        formats::byte_order::swap(bytes.to_mut(), dtype.size_in_bytes());
    }
    Tensor::from_bytes(dtype, shape, &bytes)
}

/// As [`from_little_endian`], of an array that may lie column by column: the first axis is the fastest then.
/// The memory is not moved.
pub(crate) fn from_array(dtype: DType, shape: &[usize], columns_first: bool, bytes: &[u8]) -> Tensor {
    if !columns_first {
        return from_little_endian(dtype, shape, bytes);
    }
    // Column by column is row by row of the transpose.
    let reversed: Vec<usize> = shape.iter().rev().copied().collect();
    let axes: Vec<isize> = (0..shape.len() as isize).rev().collect();
    from_little_endian(dtype, &reversed, bytes).permute(&axes)
}

/// How many bytes they are; `None` where that is more than memory can hold ([`formats::numel`]).
pub(crate) fn bytes_of(dtype: DType, shape: &[usize]) -> Option<usize> {
    Some(formats::numel(shape)? * dtype.size_in_bytes())
}

/// The dtype of this name, such as `float32`.
pub(crate) fn dtype(name: &str) -> Option<DType> {
    DType::ALL.into_iter().find(|dtype| dtype.name() == name)
}

/// Which tensors of one dictionary are the same memory: a parameter that two layers share stands in their
/// state dict under both names, and is written once.
///
/// Only within a dictionary. Elsewhere tensors share memory by chance, since here a write copies first; in
/// torch, which keeps what a file shares, a change of one would change the other.
#[derive(Default)]
pub(crate) struct Shared<'a>(HashMap<(*const u8, DType, &'a [usize]), usize>);

impl<'a> Shared<'a> {
    /// The number of the tensor among those written: that of the first of the same memory, or else `next`.
    pub(crate) fn number(&mut self, tensor: &'a Tensor, next: usize) -> usize {
        // One that does not lie row by row is copied to be written, and one without elements lies nowhere.
        if !tensor.is_contiguous() || tensor.numel() == 0 {
            return next;
        }
        *self.0.entry((tensor.bytes().as_ptr(), tensor.dtype(), tensor.shape())).or_insert(next)
    }
}
