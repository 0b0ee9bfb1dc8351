//! A batch with a handful of columns: [`Few::Lanes`].

#![allow(clippy::needless_range_loop)] // counted loops over registers are what the compiler unrolls

use super::super::x86::Product;
use super::dots::{Eights, Fours, GROUP, Quad, end, fold};
use super::{Rows, past_boundary, split};
use crate::kernels::scratch::with_scratch;
use crate::kernels::simd::{Kernel, dispatch};
use std::ops::Range;

/// Rows that go along together, so that the sums hide the latency of an addition.
const ROWS: usize = 4;

/// Rows for which columns are packed.
const PACK: usize = 12;

/// # Safety
///
/// The rows of `a` and `w` are the product's rows of A and columns of B.
pub(super) unsafe fn run(p: &Product, a: Rows<'_>, w: Rows<'_>) {
    let store = |i: usize, j: usize, sum: f32| {
        // SAFETY: an element of C, which each task computes others of.
        unsafe { p.finish.store(sum, p.c.at(i, j), j) };
    };
    let grouped = p.n / GROUP * GROUP;
    if p.m < PACK {
        split(grouped, 2 * GROUP, p.m * p.n * p.k, |columns| {
            (0..p.m).for_each(|i| row(a.row(i), w, columns.clone(), |j, sum| store(i, j, sum)));
        });
        return (0..p.m).for_each(|i| {
            for j in grouped..p.n {
                let x = a.row(i);
                let [sum] = dispatch(Eights { x: [x], w: w.row(j), behind: until_boundary(x) });
                store(i, j, sum);
            }
        });
    }
    // Rows whose places at a boundary differ begin with other elements: they are packed for apart.
    let kinds = if p.a.rs.is_multiple_of(4) { 1 } else { 4 };
    split(p.m, ROWS, p.m * p.n * p.k, |part| {
        for kind in 0..kinds {
            let rows = || (part.start + kind..part.end).step_by(kinds);
            let Some(first) = rows().next() else { continue };
            let behind = until_boundary(a.row(first)).min(p.k);
            // What is missing in the last few repeats a row.
            let together = |rows: &[usize]| -> [&[f32]; ROWS] {
                std::array::from_fn(|r| a.row(rows[r.min(rows.len() - 1)]))
            };
            let rows: Vec<usize> = rows().collect();
            for j in (0..grouped).step_by(GROUP) {
                let columns = std::array::from_fn(|c| w.row(j + c));
                packed(columns, behind, |w| {
                    for rows in rows.chunks(ROWS) {
                        let sums = dispatch(Group { x: together(rows), columns, behind, w });
                        for (&i, sums) in rows.iter().zip(sums) {
                            (j..).zip(sums).for_each(|(j, sum)| store(i, j, sum));
                        }
                    }
                });
            }
            for j in grouped..p.n {
                for rows in rows.chunks(ROWS) {
                    let sums = dispatch(Eights { x: together(rows), w: w.row(j), behind });
                    rows.iter().zip(sums).for_each(|(&i, sum)| store(i, j, sum));
                }
            }
        }
    });
}

/// How many elements bring a row to a boundary of 16 bytes.
fn until_boundary(x: &[f32]) -> usize {
    (4 - past_boundary(x.as_ptr())) % 4
}

/// One row with whole groups of columns.
fn row(x: &[f32], w: Rows<'_>, columns: Range<usize>, store: impl Fn(usize, f32)) {
    let behind = until_boundary(x);
    let mut j = columns.start;
    while j + 2 * GROUP <= columns.end {
        let sums: [f32; 2 * GROUP] = dispatch(Fours { x, w: std::array::from_fn(|c| w.row(j + c)), behind });
        (j..).zip(sums).for_each(|(j, sum)| store(j, sum));
        j += 2 * GROUP;
    }
    if j < columns.end {
        let sums: [f32; GROUP] = dispatch(Fours { x, w: std::array::from_fn(|c| w.row(j + c)), behind });
        (j..).zip(sums).for_each(|(j, sum)| store(j, sum));
    }
}

/// Calls `f` with a group of columns behind their first few elements: four steps of `k` by four.
fn packed(columns: [&[f32]; GROUP], behind: usize, f: impl FnOnce(&[[f32; 4 * GROUP]])) {
    let quads = (columns[0].len() - behind) / 4;
    with_scratch(quads * 4 * GROUP, |space: &mut [f32]| {
        let (w, _) = space.as_chunks_mut::<{ 4 * GROUP }>();
        for (q, w) in w.iter_mut().enumerate() {
            for (to, column) in w.as_chunks_mut::<4>().0.iter_mut().zip(columns) {
                to.copy_from_slice(&column[behind + 4 * q..][..4]);
            }
        }
        f(w);
    });
}

/// The products of some rows with a group of columns.
struct Group<'a> {
    x: [&'a [f32]; ROWS],
    columns: [&'a [f32]; GROUP],
    behind: usize,
    /// The columns as [`packed`] lays them.
    w: &'a [[f32; 4 * GROUP]],
}

impl Kernel for Group<'_> {
    type Output = [[f32; GROUP]; ROWS];

    #[inline(always)]
    fn run(self) -> [[f32; GROUP]; ROWS] {
        let mut lanes = [[Quad::ZERO; GROUP]; ROWS];
        if self.behind > 0 {
            for (lanes, x) in lanes.iter_mut().zip(self.x) {
                for (lanes, column) in lanes.iter_mut().zip(self.columns) {
                    // Nothing is lost by adding the first product to −0.
                    *lanes = Quad::first(end(-0.0, &x[..self.behind], &column[..self.behind]));
                }
            }
        }
        let [x0, x1, x2, x3] = self.x.map(|x| x[self.behind..].as_chunks::<4>().0);
        for ((((w, x0), x1), x2), x3) in self.w.iter().zip(x0).zip(x1).zip(x2).zip(x3) {
            // SAFETY: four floats of a row, and four times four of the columns.
            let (x, w): ([Quad; ROWS], [Quad; GROUP]) = unsafe {
                (
                    [x0, x1, x2, x3].map(|x| Quad::load(x.as_ptr())),
                    std::array::from_fn(|c| Quad::load(w.as_ptr().add(4 * c))),
                )
            };
            for r in 0..ROWS {
                for c in 0..GROUP {
                    lanes[r][c] = lanes[r][c].add(x[r].mul(w[c]));
                }
            }
        }
        let whole = self.behind + 4 * self.w.len();
        let mut sums = [[0.0; GROUP]; ROWS];
        for r in 0..ROWS {
            for c in 0..GROUP {
                let sum = fold(lanes[r][c].get());
                sums[r][c] = end(sum, &self.x[r][whole..], &self.columns[c][whole..]);
            }
        }
        sums
    }
}
