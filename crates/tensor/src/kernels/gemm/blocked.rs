//! The product where C and the vectors run along the same rows: `X·W`, `dY·W`, `dYᵀ·X`, and every large one.
//!
//! A task owns a rectangle of C. For each stretch of `k` it goes over its columns by blocks of strips: one
//! strip with AVX-512, several narrower ones with AVX2. A block of B is packed into consecutive lines when
//! enough rows will reuse it, or when its columns do not lie side by side; otherwise strips are read where
//! they lie, one by one. A is read where it lies: a tile follows six to twelve of its rows, which the
//! processor's prefetcher does as well, and packing costs 1 to 3 % at 512³. A transposed A is packed with
//! AVX2; with AVX-512 only if its steps of `k` lie far apart, since they would share a few sets of the caches
//! (1024³: 103 instead of 97 GFLOP/s).

use super::tile::{Finish, Kernels, MAX_BLOCK, Tile, cut, packed_len};
use super::x86::Product;
use crate::kernels::parallel;
use crate::kernels::scratch::with_scratch;
use smallvec::SmallVec;
use std::ops::Range;

/// Rows that make packing a strip of B worth its while: two passes over the strip
/// against one per six to twelve rows.
const PACK_ROWS: usize = 96;

/// Columns of a task that make packing rows of A worth its while.
const PACK_COLUMNS: usize = 256;

/// Steps of `k` that lie further apart than this many floats, and are more than this
/// many, miss the first-level cache.
const FAR: usize = 768;
const FAR_DEPTH: usize = 256;

/// The rows of a task. Fewer pack a strip of B more often: 256 cost 4 % at 1024³.
const MAX_ROWS: usize = 1024;

/// A task is at least this many multiply-adds (2 to 4 µs): far more than handing it over costs.
const TASK: usize = 200_000;

/// # Safety
///
/// The matrices lie where [`Product`] says, and C's columns lie side by side.
pub(super) unsafe fn run(kernels: &Kernels, p: &Product) {
    let (rows, cols) = split(p, kernels.lanes, parallel::num_threads());
    if rows * cols == 1 {
        // SAFETY: the caller's promise.
        return unsafe { rectangle(kernels, p, 0..p.m, 0..p.n) };
    }
    parallel::run(rows * cols, |task| {
        let (i, j) = (task % rows, task / rows);
        let part = |len, unit, parts, i| cut(len, unit, parts, i)..cut(len, unit, parts, i + 1);
        // SAFETY: the caller's promise; the rectangles are disjoint, so C is written by one task only.
        unsafe { rectangle(kernels, p, part(p.m, 1, rows, i), part(p.n, kernels.lanes, cols, j)) }
    });
}

/// Into how many rows and columns of tasks C is cut. Only time depends on it: each element is the same sum
/// in the same order in every cut.
fn split(p: &Product, lanes: usize, threads: usize) -> (usize, usize) {
    let rows = p.m.div_ceil(MAX_ROWS);
    let work = p.m * p.n * p.k;
    if threads == 1 || work < 2 * TASK {
        return (rows, 1);
    }
    // Four tasks a thread even out what other programs take from them.
    let wanted = (work / TASK).min(4 * threads);
    // Columns are cut first: nothing is packed twice. A strip of fewer than three vectors wastes loads.
    let cols = wanted.div_ceil(rows).min(p.n.div_ceil(3 * lanes)).max(1);
    let rows = wanted.div_ceil(cols).min(p.m.div_ceil(24)).max(rows);
    (rows, cols)
}

/// # Safety
///
/// As [`run`]; no other thread uses the rectangle of C.
unsafe fn rectangle(kernels: &Kernels, p: &Product, rows: Range<usize>, cols: Range<usize>) {
    let width = kernels.vectors() * kernels.lanes;
    let pack_b = (p.b.cs != 1 && p.n > 1) || (rows.len() >= PACK_ROWS && p.k > 1);
    let far = kernels.block > 1 || (p.a.cs > FAR && p.k > FAR_DEPTH);
    let pack_a = p.a.rs == 1 && p.k > 1 && far && cols.len() >= PACK_COLUMNS;
    let block = if pack_b { kernels.block } else { 1 };
    let order = p.order;
    let depths = order.stretches(p.k);
    let deepest = (0..depths).map(|d| order.stretch(p.k, d).len()).max().unwrap_or(0);
    let a_len = if pack_a { packed_len(rows.len(), deepest) } else { 0 };
    let strips = cols.len().div_ceil(width);
    let b_len = if pack_b { block.min(strips) * width * deepest } else { 0 };
    with_scratch(b_len + a_len, |space| {
        let (b_space, a_space) = space.split_at_mut(b_len);
        let (a_space, b_space) = (a_space.as_mut_ptr(), b_space.as_mut_ptr());
        let blocks = strips.div_ceil(block);
        for i in 0..blocks * depths {
            // A packed stretch of A serves all columns; else a block of C stays in a
            // cache from one stretch to the next.
            let (first, d) = if pack_a || kernels.block == 1 {
                (i % blocks * block, i / blocks)
            } else {
                (i / depths * block, i % depths)
            };
            let depth = order.stretch(p.k, d);
            let finish = p.finish.part(d == 0);
            let a = p.a.at(rows.start, depth.start);
            if pack_a && first == 0 {
                // SAFETY: these rows and this depth are parts of A; the space holds them packed.
                unsafe { kernels.pack_rows(rows.len(), depth.len(), a, p.a.cs, a_space) };
            }
            let strip = |s: usize| {
                let j = cols.start + cut(cols.len(), kernels.lanes, strips, s);
                let end = cols.start + cut(cols.len(), kernels.lanes, strips, s + 1);
                Tile {
                    k: depth.len(),
                    a: if pack_a { a_space } else { a },
                    rsa: p.a.rs,
                    csa: p.a.cs,
                    b: p.b.at(depth.start, j),
                    rsb: p.b.rs,
                    c: p.c.at(rows.start, j),
                    rsc: p.c.rs,
                    cols: end - j,
                    finish: finish.at_column(j),
                }
            };
            let count = block.min(strips - first);
            if !pack_b {
                // SAFETY: rows, depth and columns are parts of the product's; the space holds what is packed.
                unsafe { kernels.rows_of_tiles(rows.len(), pack_a, &[strip(first)]) };
                continue;
            }
            let tiles: SmallVec<[Tile; MAX_BLOCK]> = (0..count)
                .map(|s| {
                    let tile = strip(first + s);
                    let y = b_space.wrapping_add(s * width * deepest);
                    // SAFETY: depth and columns are parts of B's; the space holds `block` strips.
                    unsafe { pack_strip(kernels, tile.k, tile.cols, tile.b, p.b.rs, p.b.cs, y, width) };
                    Tile { b: y, rsb: width, ..tile }
                })
                .collect();
            // SAFETY: rows, depth and columns are parts of the product's; the spaces hold what is packed.
            unsafe { kernels.rows_of_tiles(rows.len(), pack_a, &tiles) };
        }
    });
}

/// Copies `B: [k, cols]` so that its rows are consecutive, `width` apart.
///
/// # Safety
///
/// `B` is readable at the addresses that its strides give, `y` writable for `k` rows.
#[allow(clippy::too_many_arguments)]
unsafe fn pack_strip(
    kernels: &Kernels,
    k: usize,
    cols: usize,
    b: *const f32,
    rsb: usize,
    csb: usize,
    y: *mut f32,
    width: usize,
) {
    // SAFETY: the caller's promise.
    unsafe {
        if csb == 1 {
            (kernels.copy)(k, cols, b, rsb, y, width);
        } else if rsb == 1 {
            (kernels.transpose)(cols, k, b, csb, y, width, &Finish::PLAIN);
        } else {
            for p in 0..k {
                for j in 0..cols {
                    *y.wrapping_add(p * width + j) = *b.wrapping_add(p * rsb + j * csb);
                }
            }
        }
    }
}
