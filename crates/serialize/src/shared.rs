use std::collections::HashMap;
use tensor::{DType, Tensor};

/// Which tensors of one dictionary are the same memory: a parameter that two layers share stands in their state dict
/// under both names, and is written once.
///
/// Only within a dictionary. Elsewhere tensors share memory by chance, since here a write copies first; in torch, which
/// keeps what a file shares, a change of one would change the other.
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
