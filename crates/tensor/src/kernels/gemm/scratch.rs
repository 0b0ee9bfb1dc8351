//! Packing space, kept per thread: after the first products of a shape nothing is allocated.

use std::cell::RefCell;

/// A cache line of floats: what gives the space its alignment.
#[derive(Clone, Copy, bytemuck::Zeroable, bytemuck::Pod)]
#[repr(C, align(64))]
struct Line([f32; 16]);

thread_local! {
    static SCRATCH: RefCell<Vec<Line>> = const { RefCell::new(Vec::new()) };
}

/// More than this is given back after use; the blocks of a large product stay below it.
const KEEP: usize = 4 << 20;

/// Calls `f` with `len` floats, aligned to 64 bytes, with anything in them.
pub(super) fn with_scratch<R>(len: usize, f: impl FnOnce(&mut [f32]) -> R) -> R {
    let mut lines = SCRATCH.take();
    if lines.len() * 16 < len {
        lines.resize(len.div_ceil(16), Line([0.0; 16]));
    }
    let result = f(&mut bytemuck::cast_slice_mut(&mut lines)[..len]);
    if size_of_val(&lines[..]) <= KEEP {
        SCRATCH.replace(lines);
    }
    result
}
