use bytemuck::{Pod, Zeroable};

use crate::cache::CACHE;
use crate::error::out_of_memory;
use crate::kernels::huge;

/// A cache line: the unit storage is made of, so that every buffer starts on a 64-byte boundary.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C, align(64))]
pub(crate) struct Line([u8; 64]);

/// The bytes behind one or more tensors, 64-byte aligned.
///
/// Buffers come from and go back to a [cache](crate::cache): a training step needs the same sizes again and
/// again, and a fresh large buffer costs more in page faults than the computation that fills it.
pub(crate) struct Storage {
    lines: Vec<Line>,
    bytes: usize,
}

impl Storage {
    /// `bytes` zero bytes for a tensor of `shape`, which is named if there is no memory for it.
    #[track_caller]
    pub(crate) fn zeroed(bytes: usize, shape: &[usize]) -> Storage {
        match CACHE.take(bytes) {
            Some(mut lines) => {
                lines[..bytes.div_ceil(64)].fill(Line::zeroed());
                Storage { lines, bytes }
            }
            None => Storage::fresh(bytes, shape),
        }
    }

    /// `bytes` bytes of unspecified, initialised content, for kernels that write every element.
    #[track_caller]
    pub(crate) fn scratch(bytes: usize, shape: &[usize]) -> Storage {
        match CACHE.take(bytes) {
            Some(lines) => Storage { lines, bytes },
            None => Storage::fresh(bytes, shape),
        }
    }

    #[track_caller]
    fn fresh(bytes: usize, shape: &[usize]) -> Storage {
        let len = size_class(bytes).1;
        let mut lines = Vec::new();
        if lines.try_reserve_exact(len).is_err() {
            out_of_memory(bytes, shape);
        }
        huge::ask(lines.spare_capacity_mut());
        lines.resize(len, Line::zeroed());
        Storage { lines, bytes }
    }

    pub(crate) fn slice<T: Pod>(&self) -> &[T] {
        bytemuck::cast_slice(&bytemuck::cast_slice::<Line, u8>(&self.lines)[..self.bytes])
    }

    pub(crate) fn slice_mut<T: Pod>(&mut self) -> &mut [T] {
        bytemuck::cast_slice_mut(&mut bytemuck::cast_slice_mut::<Line, u8>(&mut self.lines)[..self.bytes])
    }
}

impl Drop for Storage {
    fn drop(&mut self) {
        CACHE.give(std::mem::take(&mut self.lines));
    }
}

/// The class of a buffer of `bytes` and its length in lines: four classes to each doubling, so that at most
/// a fifth of a buffer is slack.
pub(crate) fn size_class(bytes: usize) -> (usize, usize) {
    let lines = bytes.div_ceil(64).max(1);
    if lines <= 4 {
        return (lines, lines);
    }
    let exponent = (lines - 1).ilog2() as usize; // 2^exponent < lines <= 2^(exponent + 1)
    let step = 1 << (exponent - 2);
    let quarter = (lines - 1 - (1 << exponent)) / step; // 0..=3
    (4 * (exponent - 1) + quarter + 1, (1 << exponent) + (quarter + 1) * step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_fits_its_class_with_little_slack() {
        for lines in 1..5000 {
            let (class, len) = size_class(lines * 64);
            assert!(len >= lines && len * 4 <= lines * 5 + 4, "{lines} lines in a buffer of {len}");
            assert_eq!(size_class(len * 64), (class, len), "a class holds its own largest");
        }
    }

    #[test]
    fn a_used_buffer_is_zeroed_on_demand() {
        for _ in 0..4 {
            let mut storage = Storage::zeroed(4096, &[]);
            assert!(storage.slice::<f32>().iter().all(|&x| x == 0.0));
            storage.slice_mut::<f32>().fill(7.0);
        }
    }
}
