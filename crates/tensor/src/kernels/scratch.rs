//! Packing space, kept per thread: after the first products of a shape nothing is allocated.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A cache line of floats: what gives the space its alignment.
#[derive(Clone, Copy, bytemuck::Zeroable, bytemuck::Pod)]
#[repr(C, align(64))]
pub(super) struct Line([f32; Line::LEN]);

impl Line {
    /// Floats in a line.
    pub(super) const LEN: usize = 16;
    const ZERO: Line = Line([0.0; Line::LEN]);
}

#[derive(Default)]
struct Scratch {
    lines: Vec<Line>,
    /// Which product's operand [`once_per_thread`] left here; 0 for none.
    packed_for: u64,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = const { RefCell::new(Scratch { lines: Vec::new(), packed_for: 0 }) };
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
    lend(len, |space, packed_for| {
        if *packed_for != product {
            pack(space);
        }
        *packed_for = product;
        f(space)
    })
}

/// More than this is given back after use; the blocks of a large product stay below it.
const KEEP: usize = 4 << 20;

/// Calls `f` with `len` numbers, aligned to 64 bytes, with anything in them.
pub(super) fn with_scratch<T: bytemuck::Pod, R>(len: usize, f: impl FnOnce(&mut [T]) -> R) -> R {
    lend((len * size_of::<T>()).div_ceil(size_of::<f32>()), |space, packed_for| {
        *packed_for = 0;
        f(&mut bytemuck::cast_slice_mut(space)[..len])
    })
}

/// Calls `f` with this thread's space, taken out meanwhile: after a panic nothing is left of it. While the
/// thread ends it may be gone already; then the space is a new one each time.
fn lend<R>(len: usize, f: impl FnOnce(&mut [f32], &mut u64) -> R) -> R {
    let mut scratch = SCRATCH.try_with(RefCell::take).unwrap_or_default();
    if scratch.lines.len() * Line::LEN < len {
        scratch.lines.resize(len.div_ceil(Line::LEN), Line::ZERO);
        scratch.packed_for = 0;
    }
    let result = f(&mut bytemuck::cast_slice_mut(&mut scratch.lines)[..len], &mut scratch.packed_for);
    if size_of_val(&scratch.lines[..]) <= KEEP {
        let _ = SCRATCH.try_with(|kept| kept.replace(scratch));
    }
    result
}
