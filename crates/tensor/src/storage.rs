use std::cell::RefCell;

use bytemuck::{Pod, Zeroable};

use crate::error::out_of_memory;
use crate::kernels::huge;

/// A cache line: the unit storage is made of, so that every buffer starts on a 64-byte boundary.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C, align(64))]
struct Line([u8; 64]);

/// The bytes behind one or more tensors, 64-byte aligned.
///
/// Buffers come from and go back to a per-thread pool: a training step needs the same sizes again and again,
/// and a fresh large buffer costs more in page faults than the computation that fills it.
pub(crate) struct Storage {
    lines: Vec<Line>,
    bytes: usize,
}

impl Storage {
    /// `bytes` zero bytes for a tensor of `shape`, which is named if there is no memory for it.
    #[track_caller]
    pub(crate) fn zeroed(bytes: usize, shape: &[usize]) -> Storage {
        match Pool::take(bytes) {
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
        match Pool::take(bytes) {
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
        Pool::give(std::mem::take(&mut self.lines));
    }
}

/// The class of a buffer of `bytes` and its length in lines: four classes to each doubling, so that at most
/// a fifth of a buffer is slack.
fn size_class(bytes: usize) -> (usize, usize) {
    let lines = bytes.div_ceil(64).max(1);
    if lines <= 4 {
        return (lines, lines);
    }
    let exponent = (lines - 1).ilog2() as usize; // 2^exponent < lines <= 2^(exponent + 1)
    let step = 1 << (exponent - 2);
    let quarter = (lines - 1 - (1 << exponent)) / step; // 0..=3
    (4 * (exponent - 1) + quarter + 1, (1 << exponent) + (quarter + 1) * step)
}

/// Buffers that wait to be used again on this thread, by size class.
struct Pool {
    classes: Vec<Vec<Vec<Line>>>,
    lines: usize,
}

impl Pool {
    /// At most this much waits per thread: enough for whole-array expressions over tens of millions of elements.
    const MAX_LINES: usize = (256 << 20) / 64;

    fn take(bytes: usize) -> Option<Vec<Line>> {
        let class = size_class(bytes).0;
        POOL.try_with(|pool| {
            let mut pool = pool.borrow_mut();
            let lines = pool.classes.get_mut(class)?.pop()?;
            pool.lines -= lines.len();
            Some(lines)
        })
        .ok()
        .flatten()
    }

    fn give(lines: Vec<Line>) {
        if lines.is_empty() {
            return;
        }
        let class = size_class(lines.len() * 64).0;
        // While a thread ends its pool may be gone already; the buffer is then simply freed.
        let _ = POOL.try_with(|pool| {
            let mut pool = pool.borrow_mut();
            if pool.lines + lines.len() > Self::MAX_LINES {
                // What waits is from another part of the program: sizes of now are worth more.
                pool.classes.clear();
                pool.lines = 0;
            }
            if lines.len() > Self::MAX_LINES {
                return;
            }
            if pool.classes.len() <= class {
                pool.classes.resize_with(class + 1, Vec::new);
            }
            pool.lines += lines.len();
            pool.classes[class].push(lines);
        });
    }
}

thread_local! {
    static POOL: RefCell<Pool> = const { RefCell::new(Pool { classes: Vec::new(), lines: 0 }) };
}

/// Frees the buffers that this thread keeps for reuse.
///
/// ```
/// drop(tensor::zeros([1000, 1000]));
/// tensor::empty_cache();
/// ```
pub fn empty_cache() {
    POOL.with(|pool| {
        let mut pool = pool.borrow_mut();
        pool.classes.clear();
        pool.lines = 0;
    });
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
    fn a_dropped_buffer_is_used_again_and_zeroed_on_demand() {
        let mut first = Storage::zeroed(4096, &[]);
        first.slice_mut::<f32>().fill(7.0);
        let at = first.slice::<u8>().as_ptr();
        drop(first);
        let second = Storage::zeroed(4096, &[]);
        assert_eq!(second.slice::<u8>().as_ptr(), at);
        assert!(second.slice::<f32>().iter().all(|&x| x == 0.0));
    }

    #[test]
    fn a_full_pool_makes_room_for_the_sizes_of_now() {
        let limit = Pool::MAX_LINES * 64;
        drop([Storage::zeroed(limit / 2, &[]), Storage::zeroed(limit / 2, &[])]);
        let newer = Storage::zeroed(limit / 4, &[]);
        let at = newer.slice::<u8>().as_ptr();
        drop(newer);
        assert_eq!(Storage::scratch(limit / 4, &[]).slice::<u8>().as_ptr(), at);
        empty_cache();
    }
}
