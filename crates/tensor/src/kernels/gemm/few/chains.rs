//! Each element one after the other: [`Few::Chain`] and [`Few::PlainChain`].

use std::ops::Range;

use super::super::tile::Finish;
use super::super::x86::Product;
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
            unsafe { strip::<8, NARROW>(p, from_c, rows, 0) };
        });
    }
    split(p.n - first, WIDE, p.m * p.n * p.k, |columns| {
        for j in columns.step_by(WIDE) {
            // SAFETY: the caller's promise; each task has columns of its own.
            unsafe { strip::<1, WIDE>(p, from_c, 0..p.m, first + j) };
        }
    });
}

/// How many columns of a row of C are summed by eights, if any are.
fn eights(p: &Product, i: usize) -> usize {
    let count = (4 - past_boundary(p.c.at(i, 0))) % 4;
    if p.n >= count + 4 { count } else { 0 }
}

/// Some rows of the columns from `j` on, as many as `WIDTH` or there are, `ROWS` at once.
///
/// # Safety
///
/// As [`run`]; no other thread uses this part of C.
unsafe fn strip<const ROWS: usize, const WIDTH: usize>(
    p: &Product,
    from_c: bool,
    rows: Range<usize>,
    j: usize,
) {
    let columns = WIDTH.min(p.n - j);
    let lies = p.b.cs == 1 && columns == WIDTH;
    with_scratch(if lies { 0 } else { p.k * WIDTH }, |space: &mut [f32]| {
        for (l, row) in space.chunks_exact_mut(WIDTH).enumerate() {
            row[columns..].fill(0.0);
            for (c, to) in row[..columns].iter_mut().enumerate() {
                // SAFETY: an element of B.
                *to = unsafe { *p.b.at(l, j + c) };
            }
        }
        let (b, rsb) = if lies { (p.b.at(0, j), p.b.rs) } else { (space.as_ptr(), WIDTH) };
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
            let chain = Chain::<ROWS, WIDTH> {
                k: p.k,
                a: std::array::from_fn(|r| p.a.at(row(r), 0)),
                csa: p.a.cs,
                b,
                rsb,
                sums: std::array::from_fn(|r| std::array::from_fn(|c| start(row(r), c))),
            };
            let here = i..rows.end.min(i + ROWS);
            let by_eights = from_c && j == 0 && here.clone().any(|i| eights(p, i) > 0);
            let others = by_eights.then(|| dispatch(Eights(chain.clone())));
            let mut sums = dispatch(chain);
            for (r, i) in here.enumerate() {
                if let Some(others) = &others {
                    let count = eights(p, i);
                    sums[r][..count].copy_from_slice(&others[r][..count]);
                }
                for (j, &sum) in (j..).zip(&sums[r][..columns]) {
                    // SAFETY: an element of C, and one of the bias.
                    unsafe { finish.store(sum, p.c.at(i, j), j) };
                }
            }
        }
    });
}

/// `ROWS` rows of A with a strip of B, from the sums given.
#[derive(Clone)]
struct Chain<const ROWS: usize, const WIDTH: usize> {
    k: usize,
    a: [*const f32; ROWS],
    csa: usize,
    b: *const f32,
    rsb: usize,
    sums: [[f32; WIDTH]; ROWS],
}

impl<const ROWS: usize, const WIDTH: usize> Chain<ROWS, WIDTH> {
    /// The factors of step `l` for one row.
    ///
    /// # Safety
    ///
    /// A and B have such a step.
    #[inline(always)]
    unsafe fn factors(&self, r: usize, l: usize) -> (f32, &[f32; WIDTH]) {
        // SAFETY: the caller's promise: row `l` of the strip has `WIDTH` elements side by side.
        unsafe {
            (
                *self.a[r].wrapping_add(l * self.csa),
                &*self.b.wrapping_add(l * self.rsb).cast::<[f32; WIDTH]>(),
            )
        }
    }
}

impl<const ROWS: usize, const WIDTH: usize> Kernel for Chain<ROWS, WIDTH> {
    type Output = [[f32; WIDTH]; ROWS];

    #[inline(always)]
    fn run(self) -> [[f32; WIDTH]; ROWS] {
        let mut sums = self.sums;
        for l in 0..self.k {
            for (r, sums) in sums.iter_mut().enumerate() {
                // SAFETY: `l < k`.
                let (x, b) = unsafe { self.factors(r, l) };
                for (sum, b) in sums.iter_mut().zip(b) {
                    *sum += x * b;
                }
            }
        }
        sums
    }
}

/// The same by eights: four products one after the other, and then the sum of the next four.
struct Eights<const ROWS: usize, const WIDTH: usize>(Chain<ROWS, WIDTH>);

impl<const ROWS: usize, const WIDTH: usize> Kernel for Eights<ROWS, WIDTH> {
    type Output = [[f32; WIDTH]; ROWS];

    #[inline(always)]
    fn run(self) -> [[f32; WIDTH]; ROWS] {
        let chain = self.0;
        let whole = chain.k / 8 * 8;
        let mut sums = chain.sums;
        for (r, sums) in sums.iter_mut().enumerate() {
            let mut l = 0;
            while l < chain.k {
                if l < whole && l % 8 == 4 {
                    let mut four = [-0.0f32; WIDTH]; // to which nothing is lost
                    for l in l..l + 4 {
                        // SAFETY: `l < whole ≤ k`.
                        let (x, b) = unsafe { chain.factors(r, l) };
                        for (sum, b) in four.iter_mut().zip(b) {
                            *sum += x * b;
                        }
                    }
                    for (sum, four) in sums.iter_mut().zip(four) {
                        *sum += four;
                    }
                    l += 4;
                } else {
                    // SAFETY: `l < k`.
                    let (x, b) = unsafe { chain.factors(r, l) };
                    for (sum, b) in sums.iter_mut().zip(b) {
                        *sum += x * b;
                    }
                    l += 1;
                }
            }
        }
        sums
    }
}
