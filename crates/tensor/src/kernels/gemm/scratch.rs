//! Packing space, kept per thread: after the first products of a shape nothing is allocated.

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A cache line of floats: what gives the space its alignment.
#[derive(Clone, Copy, bytemuck::Zeroable, bytemuck::Pod)]
#[repr(C, align(64))]
struct Line([f32; 16]);

thread_local! {
    static SCRATCH: RefCell<Vec<Line>> = const { RefCell::new(Vec::new()) };
}

thread_local! {
    /// Which product's operand [`once_per_thread`] left in the scratch space.
    static PACKED_FOR: Cell<u64> = const { Cell::new(0) };
}

/// A name for one product, never 0 and never given twice.
pub(super) fn new_product() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Relaxed) + 1
}

/// As [`with_scratch`], with what `pack` wrote there in the first task of `product` on this thread.
///
/// Between the tasks of a product a thread runs nothing else, so nothing else has used the space.
pub(super) fn once_per_thread<R>(
    product: u64,
    len: usize,
    pack: impl FnOnce(&mut [f32]),
    f: impl FnOnce(&[f32]) -> R,
) -> R {
    let packed_for = PACKED_FOR.get();
    with_scratch(len, |space| {
        if packed_for != product {
            pack(space);
        }
        let result = f(space);
        PACKED_FOR.set(product);
        result
    })
}

/// More than this is given back after use; the blocks of a large product stay below it.
const KEEP: usize = 4 << 20;

/// Calls `f` with `len` floats, aligned to 64 bytes, with anything in them.
pub(super) fn with_scratch<R>(len: usize, f: impl FnOnce(&mut [f32]) -> R) -> R {
    let mut lines = SCRATCH.take();
    PACKED_FOR.set(0);
    if lines.len() * 16 < len {
        lines.resize(len.div_ceil(16), Line([0.0; 16]));
    }
    let result = f(&mut bytemuck::cast_slice_mut(&mut lines)[..len]);
    if size_of_val(&lines[..]) <= KEEP {
        SCRATCH.replace(lines);
    }
    result
}
