//! `C ← A·B` where the columns of B are consecutive and A is small: a batch through a
//! layer, `X·Wᵀ` with `W: [n, k]`.
//!
//! Packing the big operand would cost a twentieth of a batch-64 product. Instead the small one is packed,
//! transposed, into panels whose vectors run along the batch, as wide as a tile: rows of a wider one would be
//! a power of two apart and share a few sets of the first-level cache. W is read where it lies, element by
//! element; and what comes out, a transposed stretch of C, is turned round on its way out, where β and bias
//! apply. Each thread packs for itself: fetching a panel from the caches of the thread that wrote it
//! takes longer (64×200×400, 2 threads: 90 µs instead of 50).

use super::tile::{Finish, Kernels, Tile, cut};
use super::x86::Product;
use crate::kernels::parallel;
use crate::kernels::scratch::{new_product, once_per_thread};
use std::ops::Range;

/// The largest panel: the second-level cache must hold it beside what streams past.
const MAX_PANEL: usize = 128 * 1024;

/// Columns of C per inner round, whose sums wait in the first-level cache to be turned round.
const ROUND: usize = 48;

/// A task is at least this many multiply-adds.
const TASK: usize = 200_000;

/// Whether this way is open to the product, and better than packing B.
pub(super) fn suits(p: &Product, lanes: usize) -> bool {
    let padded = p.m.next_multiple_of(lanes);
    // The floats that packing and turning touch: A and C here, B otherwise. A row of B
    // that fills few lanes is waste too.
    let here = padded * p.k + p.m * p.n + padded * p.n * p.k / 8;
    let there = p.n * p.k + p.m * p.n.next_multiple_of(lanes) * p.k / 8;
    // What is there already belongs to the first of several stretches, but is met at the end here.
    let adds_first = p.finish.beta != 0.0 && p.order.stretches(p.k) > 1;
    let lies = p.a.cs == 1 && p.b.rs == 1 && p.c.cs == 1 && p.b.cs != 1;
    lies && !adds_first && padded * p.k <= MAX_PANEL && here < there
}

/// # Safety
///
/// The matrices lie where [`Product`] says, and [`suits`] is true.
pub(super) unsafe fn run(kernels: &Kernels, p: &Product) {
    let width = p.m.next_multiple_of(kernels.lanes);
    let threads = parallel::num_threads();
    let work = p.m * p.n * p.k;
    let tasks = if threads == 1 { 1 } else { (work / TASK).clamp(1, 4 * threads).min(p.n.div_ceil(24)) };
    let product = new_product();
    parallel::run(tasks, |i| {
        let pack = |panels: &mut [f32]| {
            for Panel { rows, width } in Panel::all(kernels, p.m) {
                let (a, y) = (p.a.at(rows.start, 0), panels[rows.start * p.k..].as_mut_ptr());
                // SAFETY: rows of A as the caller promises it; the panel holds their transpose.
                unsafe { (kernels.transpose)(rows.len(), p.k, a, p.a.rs, y, width, &Finish::PLAIN) }
            }
        };
        once_per_thread(product, width * p.k, pack, |panels| {
            // SAFETY: the caller's promise; the columns of C are disjoint.
            unsafe { columns(kernels, p, panels, cut(p.n, 1, tasks, i)..cut(p.n, 1, tasks, i + 1)) }
        });
    });
}

/// Some rows of A, whose transpose is `[k, width]` in the packed space.
struct Panel {
    rows: Range<usize>,
    width: usize,
}

impl Panel {
    /// The `m` rows of A in panels as equal as whole vectors can be, one after the
    /// other from `rows.start · k` on.
    fn all(kernels: &Kernels, m: usize) -> impl Iterator<Item = Panel> {
        let lanes = kernels.lanes;
        let panels = m.div_ceil(kernels.vectors() * lanes);
        (0..panels).map(move |i| {
            let rows = cut(m, lanes, panels, i)..cut(m, lanes, panels, i + 1);
            Panel { width: rows.len().next_multiple_of(lanes), rows }
        })
    }
}

/// # Safety
///
/// As [`run`]; `panels` is A packed, and no other thread uses these columns of C.
unsafe fn columns(kernels: &Kernels, p: &Product, panels: &[f32], columns: Range<usize>) {
    let mut sums = [0.0f32; ROUND * 64];
    let most = kernels.vectors() * kernels.lanes;
    let order = p.order;
    let depths = order.stretches(p.k);
    let rounds = columns.len().div_ceil(ROUND);
    for r in 0..rounds {
        let j = columns.start + cut(columns.len(), 1, rounds, r);
        let end = columns.start + cut(columns.len(), 1, rounds, r + 1);
        for Panel { rows, width } in Panel::all(kernels, p.m) {
            let panel = &panels[rows.start * p.k..];
            // The bias goes to the first of several parts: here the rows begin with it.
            let begun = depths > 1 && !p.finish.bias.is_null();
            if begun {
                for (j, row) in (j..end).zip(sums.chunks_exact_mut(most)) {
                    // SAFETY: the bias has an element for each column of C.
                    row.fill(unsafe { *p.finish.bias.wrapping_add(j) });
                }
            }
            let bias = if begun { std::ptr::null() } else { p.finish.bias };
            let c = p.c.at(rows.start, j);
            for d in 0..depths {
                let depth = order.stretch(p.k, d);
                let beta = if begun || d > 0 { 1.0 } else { 0.0 };
                let tile = Tile {
                    k: depth.len(),
                    a: p.b.at(depth.start, j),
                    rsa: p.b.cs,
                    csa: 1,
                    b: panel[depth.start * width..].as_ptr(),
                    rsb: width,
                    c: sums.as_mut_ptr(),
                    rsc: most,
                    cols: rows.len(),
                    finish: Finish { alpha: p.finish.alpha, beta, ..Finish::PLAIN },
                };
                // SAFETY: `sums` holds ROUND rows of `most ≤ 64` floats, of which `end − j` and `rows.len()`
                // are written; the stretch is a part of `k`.
                unsafe { kernels.column_of_tiles(end - j, tile) };
            }
            let finish = Finish { alpha: 1.0, bias, ..p.finish }.at_column(j);
            // SAFETY: what was just written; these rows, columns `j..end` of C are in the product and this
            // task's.
            unsafe { (kernels.transpose)(end - j, rows.len(), sums.as_ptr(), most, c, p.c.rs, &finish) };
        }
    }
}
