//! Each element one after the other: [`Few::Chain`] and [`Few::PlainChain`].

#![allow(clippy::needless_range_loop)] // counted loops over registers are what the compiler unrolls

use std::ops::Range;

use super::super::tile::Finish;
use super::super::x86::Product;
use super::dots::Quad;
use super::{past_boundary, split};
use crate::kernels::scratch::with_scratch;
use crate::kernels::simd::{Kernel, dispatch};

/// Columns of a strip, and of the first one, some of whose columns may be summed by eights.
const WIDE: usize = 64;
const NARROW: usize = 16;

/// Fewer multiply-adds than this are not worth a strip.
const SMALL: usize = 400;

/// # Safety
///
/// The matrices lie where [`Product`] says. With `from_c` the sums begin with what is there, and some
/// columns are summed by eights.
pub(super) unsafe fn run(p: &Product, from_c: bool) {
    if !from_c && p.m * p.n * p.k < SMALL {
        for i in 0..p.m {
            for j in 0..p.n {
                let mut sum = 0.0;
                for l in 0..p.k {
                    // SAFETY: here and below, elements of the matrices.
                    sum += unsafe { *p.a.at(i, l) * *p.b.at(l, j) };
                }
                unsafe { p.finish.store(sum, p.c.at(i, j), j) };
            }
        }
        return;
    }
    let by_eights = from_c && (0..p.m.min(4)).any(|i| eights(p, i) > 0);
    let first = if by_eights || p.n <= NARROW { NARROW.min(p.n) } else { 0 };
    if first > 0 {
        split(p.m, 8, p.m * first * p.k, |rows| {
            // SAFETY: the caller's promise; each task has rows of its own.
            unsafe { strip::<4, { NARROW / 4 }>(p, from_c, rows, 0) };
        });
    }
    split(p.n - first, WIDE, p.m * p.n * p.k, |columns| {
        for j in columns.step_by(WIDE) {
            // SAFETY: the caller's promise; each task has columns of its own.
            unsafe { strip::<1, { WIDE / 4 }>(p, from_c, 0..p.m, first + j) };
        }
    });
}

/// How many columns of a row of C are summed by eights, if any are.
fn eights(p: &Product, i: usize) -> usize {
    let count = (4 - past_boundary(p.c.at(i, 0))) % 4;
    if p.n >= count + 4 { count } else { 0 }
}

/// Some rows of the columns from `j` on, as many as four times `QUADS` or there are, `ROWS` at once.
///
/// # Safety
///
/// As [`run`]; no other thread uses this part of C.
unsafe fn strip<const ROWS: usize, const QUADS: usize>(
    p: &Product,
    from_c: bool,
    rows: Range<usize>,
    j: usize,
) {
    let width = 4 * QUADS;
    let columns = width.min(p.n - j);
    let lies = p.b.cs == 1 && columns == width;
    with_scratch(if lies { 0 } else { p.k * width }, |space: &mut [f32]| {
        for (l, row) in space.chunks_exact_mut(width).enumerate() {
            row[columns..].fill(0.0);
            for (c, to) in row[..columns].iter_mut().enumerate() {
                // SAFETY: an element of B.
                *to = unsafe { *p.b.at(l, j + c) };
            }
        }
        let (b, rsb) = if lies { (p.b.at(0, j), p.b.rs) } else { (space.as_ptr(), width) };
        // A scaled product is added to C at the end.
        let begins = from_c && p.finish.alpha == 1.0;
        let finish = if begins { Finish { beta: 0.0, ..p.finish } } else { p.finish };
        let start = |i: usize, c: usize| {
            // SAFETY: an element of C, which is there to be read unless β is 0.
            let reads = begins && p.finish.beta != 0.0 && c < columns;
            if reads { p.finish.beta * unsafe { *p.c.at(i, j + c) } } else { 0.0 }
        };
        for i in rows.clone().step_by(ROWS) {
            // What is missing in the last few repeats a row.
            let row = |r: usize| (i + r).min(rows.end - 1);
            let chain = Chain::<ROWS, QUADS> {
                k: p.k,
                a: std::array::from_fn(|r| p.a.at(row(r), 0)),
                csa: p.a.cs,
                b,
                rsb,
                sums: std::array::from_fn(|r| {
                    std::array::from_fn(|c| Quad::of(std::array::from_fn(|lane| start(row(r), 4 * c + lane))))
                }),
            };
            let here = i..rows.end.min(i + ROWS);
            let by_eights = from_c && j == 0 && here.clone().any(|i| eights(p, i) > 0);
            let others = by_eights.then(|| dispatch(Eights(chain.clone())));
            let mut sums = dispatch(chain);
            for (r, i) in here.enumerate() {
                if let Some(others) = &others {
                    // They are fewer than four.
                    let (mut first, count) = (sums[r][0].get(), eights(p, i));
                    first[..count].copy_from_slice(&others[r][0].get()[..count]);
                    sums[r][0] = Quad::of(first);
                }
                for (c, sums) in sums[r].iter().enumerate() {
                    for (j, sum) in (j + 4 * c..j + columns).zip(sums.get()) {
                        // SAFETY: an element of C, and one of the bias.
                        unsafe { finish.store(sum, p.c.at(i, j), j) };
                    }
                }
            }
        }
    });
}

/// `ROWS` rows of A with a strip of B, from the sums given.
#[derive(Clone)]
struct Chain<const ROWS: usize, const QUADS: usize> {
    k: usize,
    a: [*const f32; ROWS],
    csa: usize,
    b: *const f32,
    rsb: usize,
    sums: Sums<ROWS, QUADS>,
}

/// The sums of `ROWS` rows, four columns in each of `QUADS`.
type Sums<const ROWS: usize, const QUADS: usize> = [[Quad; QUADS]; ROWS];

impl<const ROWS: usize, const QUADS: usize> Chain<ROWS, QUADS> {
    /// Adds the products of some steps of `k`, one after the other.
    #[inline(always)]
    fn add(&self, steps: Range<usize>, mut sums: Sums<ROWS, QUADS>) -> Sums<ROWS, QUADS> {
        for l in steps {
            // SAFETY: `l < k`: row `l` of the strip has as many columns side by side, and A such a step.
            unsafe {
                let b = self.b.wrapping_add(l * self.rsb);
                let b: [Quad; QUADS] = std::array::from_fn(|c| Quad::load(b.add(4 * c)));
                for r in 0..ROWS {
                    let x = Quad::splat(*self.a[r].wrapping_add(l * self.csa));
                    for c in 0..QUADS {
                        sums[r][c] = sums[r][c].add(x.mul(b[c]));
                    }
                }
            }
        }
        sums
    }
}

impl<const ROWS: usize, const QUADS: usize> Kernel for Chain<ROWS, QUADS> {
    type Output = Sums<ROWS, QUADS>;

    #[inline(always)]
    fn run(self) -> Sums<ROWS, QUADS> {
        self.add(0..self.k, self.sums)
    }
}

/// The same by eights: four products one after the other, and then the sum of the next four.
struct Eights<const ROWS: usize, const QUADS: usize>(Chain<ROWS, QUADS>);

impl<const ROWS: usize, const QUADS: usize> Kernel for Eights<ROWS, QUADS> {
    type Output = Sums<ROWS, QUADS>;

    #[inline(always)]
    fn run(self) -> Sums<ROWS, QUADS> {
        let Eights(chain) = self;
        let whole = chain.k / 8 * 8;
        let mut sums = chain.sums;
        for l in (0..whole).step_by(8) {
            sums = chain.add(l..l + 4, sums);
            let four = chain.add(l + 4..l + 8, [[Quad::splat(-0.0); QUADS]; ROWS]); // to which nothing is lost
            for r in 0..ROWS {
                for c in 0..QUADS {
                    sums[r][c] = sums[r][c].add(four[r][c]);
                }
            }
        }
        chain.add(whole..chain.k, sums)
    }
}
