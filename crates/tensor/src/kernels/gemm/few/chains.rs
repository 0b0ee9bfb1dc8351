//! Each element one after the other: [`Few::Chain`] and [`Few::PlainChain`].

#![allow(clippy::needless_range_loop)] // counted loops over registers are what the compiler unrolls

use std::ops::Range;

use super::super::avx2;
use super::super::tile::Finish;
use super::super::x86::Product;
use super::vectors::{Set, Task, on};
use super::{past_boundary, split};
use crate::kernels::scratch::with_scratch;
use crate::kernels::simd::Isa;
use crate::kernels::vector::Masked;

/// Columns that a task's are a multiple of, and that are copied together.
const STRIP: usize = 128;

/// Rows that a task's are a multiple of.
const ROWS: usize = 8;

/// # Safety
///
/// The matrices lie where [`Product`] says. With `from_c` the sums begin with what is there, and some
/// columns are summed by eights. The processor has `isa`, which has vectors.
pub(super) unsafe fn run(isa: Isa, p: &Product, from_c: bool) {
    let by_eights = from_c && p.k >= 8 && (0..p.m.min(4)).any(|i| eights(p, i) > 0);
    // Vectors run along the columns of C: one column is turned round.
    let turned = Product { m: p.n, n: p.m, a: p.b.t(), b: p.a.t(), c: p.c.t(), ..*p };
    let turns = p.n == 1 && p.a.rs == 1 && p.c.rs == 1 && p.finish.bias.is_null();
    let p = if turns { &turned } else { p };
    let part = |rows: Range<usize>, columns: Range<usize>| {
        let from = p.b.at(0, columns.start);
        // SAFETY: the caller's promise; each task has a part of C of its own.
        let multiply = |rows, columns, b, rsb| unsafe {
            on(isa, Part { p, from_c, by_eights, rows, columns, b, rsb });
        };
        let (k, width) = (p.k, columns.len());
        if p.b.cs == 1 || width == 1 {
            return multiply(rows, columns, from, p.b.rs);
        }
        with_scratch(k * width, |space: &mut [f32]| {
            if p.b.rs == 1 {
                // SAFETY: these columns of B, which become rows of the space.
                unsafe { avx2::transpose(width, k, from, p.b.cs, space.as_mut_ptr(), width, &Finish::PLAIN) };
            } else {
                for (l, row) in space.chunks_exact_mut(width).enumerate() {
                    for (c, to) in row.iter_mut().enumerate() {
                        // SAFETY: an element of B.
                        *to = unsafe { *p.b.at(l, columns.start + c) };
                    }
                }
            }
            multiply(rows, columns, space.as_ptr(), width);
        });
    };
    let work = p.m * p.n * p.k;
    if p.m < p.n {
        split(p.n, STRIP, work, |columns| {
            for j in columns.clone().step_by(STRIP) {
                part(0..p.m, j..columns.end.min(j + STRIP));
            }
        });
    } else {
        split(p.m, ROWS, work, |rows| part(rows, 0..p.n));
    }
}

/// How many columns of a row of C are summed by eights, if any are.
fn eights(p: &Product, i: usize) -> usize {
    let count = (4 - past_boundary(p.c.at(i, 0))) % 4;
    if p.n >= count + 4 { count } else { 0 }
}

/// A part of C.
struct Part<'a> {
    p: &'a Product,
    from_c: bool,
    by_eights: bool,
    rows: Range<usize>,
    columns: Range<usize>,
    /// B from the first of these columns on, in rows side by side.
    b: *const f32,
    rsb: usize,
}

impl Task for Part<'_> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Set>(self) {
        let lanes = S::LANES;
        let mut j = self.columns.start;
        while j < self.columns.end {
            // As many sums as hide an addition's latency.
            let most = [8, 8, 4, 4, 2][self.rows.len().min(4)];
            let vectors = 1 << (self.columns.end - j).div_ceil(lanes).min(most).ilog2();
            // SAFETY: columns of this part, of which there are more than in all vectors but the last.
            unsafe {
                match vectors {
                    8 => self.strip::<S, 8>(j),
                    4 => self.strip::<S, 4>(j),
                    2 => self.strip::<S, 2>(j),
                    _ => self.strip::<S, 1>(j),
                }
            }
            j += vectors * lanes;
        }
    }
}

impl Part<'_> {
    /// The columns from `j` on, of `C` vectors.
    ///
    /// # Safety
    ///
    /// As [`Task::run`]; more columns than in `C − 1` vectors are there.
    #[inline(always)]
    unsafe fn strip<V: Masked, const C: usize>(&self, j: usize) {
        let mut i = self.rows.start;
        while i < self.rows.end {
            // SAFETY: as many rows are there.
            unsafe {
                i += match self.rows.end - i {
                    8.. if C == 1 => self.tile::<V, 8, C>(i, j),
                    4.. if C <= 2 => self.tile::<V, 4, C>(i, j),
                    3.. if C <= 4 => self.tile::<V, 3, C>(i, j),
                    2.. if C <= 4 => self.tile::<V, 2, C>(i, j),
                    _ => self.tile::<V, 1, C>(i, j),
                };
            }
        }
    }

    /// `R` rows of C from row `i` on, the columns of `C` vectors from `j` on.
    ///
    /// # Safety
    ///
    /// As [`Part::strip`]; the rows are there.
    #[inline(always)]
    unsafe fn tile<V: Masked, const R: usize, const C: usize>(&self, i: usize, j: usize) -> usize {
        let p = self.p;
        // A scaled product is added to C at the end.
        let begins = self.from_c && p.finish.alpha == 1.0 && p.finish.beta != 0.0;
        let finish = if begins { Finish { beta: 0.0, ..p.finish } } else { p.finish };
        // SAFETY: elements of the matrices, of which the mask leaves those of the columns that are there.
        unsafe {
            let chain = Chain::<V, R, C> {
                a: p.a.at(i, 0),
                rsa: p.a.rs,
                csa: p.a.cs,
                b: self.b.wrapping_add(j - self.columns.start),
                rsb: self.rsb,
                edge: V::first(self.columns.end - j - (C - 1) * V::LANES),
            };
            let mut sums = [[V::splat(0.0); C]; R];
            if begins {
                for r in 0..R {
                    let c = chain.row(p.c.at(i + r, j));
                    for v in 0..C {
                        sums[r][v] = V::splat(p.finish.beta).mul(c[v]);
                    }
                }
            }
            if self.by_eights && j == 0 {
                let mut masks = [V::first(0); R];
                for r in 0..R {
                    masks[r] = V::first(eights(p, i + r));
                }
                sums = chain.add_by_eights(p.k, masks, sums);
            } else {
                sums = chain.add(0..p.k, sums);
            }
            for r in 0..R {
                let c = p.c.at(i + r, j);
                if !finish.is_plain() {
                    sums[r] = chain.finish(&finish.at_column(j), sums[r], c);
                }
                for v in 0..C {
                    let mask = if v + 1 < C { V::first(V::LANES) } else { chain.edge };
                    sums[r][v].store_some(c.wrapping_add(v * V::LANES), mask);
                }
            }
        }
        R
    }
}

/// `R` rows of A with the columns of `C` vectors, the last of which has those of a mask.
struct Chain<V: Masked, const R: usize, const C: usize> {
    a: *const f32,
    rsa: usize,
    csa: usize,
    b: *const f32,
    rsb: usize,
    edge: V::Mask,
}

impl<V: Masked, const R: usize, const C: usize> Chain<V, R, C> {
    /// The columns of a row.
    ///
    /// # Safety
    ///
    /// They are there, and the processor has the vector.
    #[inline(always)]
    unsafe fn row(&self, from: *const f32) -> [V; C] {
        // SAFETY: the caller's promise.
        unsafe {
            let mut row = [V::splat(0.0); C];
            for v in 0..C - 1 {
                row[v] = V::load(from.wrapping_add(v * V::LANES));
            }
            row[C - 1] = V::load_some(from.wrapping_add((C - 1) * V::LANES), self.edge);
            row
        }
    }

    /// Adds the products of some steps of `k`, one after the other.
    ///
    /// # Safety
    ///
    /// The elements are there, and the processor has the vector.
    #[inline(always)]
    unsafe fn add(&self, steps: Range<usize>, mut sums: [[V; C]; R]) -> [[V; C]; R] {
        for l in steps {
            let (a, b) = (self.a.wrapping_add(l * self.csa), self.b.wrapping_add(l * self.rsb));
            // SAFETY: the caller's promise.
            unsafe {
                let y = self.row(b);
                for r in 0..R {
                    let x = V::splat(*a.wrapping_add(r * self.rsa));
                    for v in 0..C {
                        sums[r][v] = sums[r][v].add(x.mul(y[v]));
                    }
                }
            }
        }
        sums
    }

    /// The same, but by eights in the columns of the first vector that the row's mask has: four products one
    /// after the other, and then the sum of the next four.
    ///
    /// # Safety
    ///
    /// As [`Chain::add`].
    #[inline(always)]
    unsafe fn add_by_eights(&self, k: usize, masks: [V::Mask; R], mut sums: [[V; C]; R]) -> [[V; C]; R] {
        let whole = k / 8 * 8;
        // SAFETY: the caller's promise.
        unsafe {
            let none = V::splat(-0.0); // to which nothing is lost
            for l in (0..whole).step_by(8) {
                sums = self.add(l..l + 4, sums);
                let mut before = [none; R];
                for r in 0..R {
                    before[r] = V::choose(masks[r], sums[r][0], none);
                    sums[r][0] = V::choose(masks[r], none, sums[r][0]);
                }
                sums = self.add(l + 4..l + 8, sums);
                for r in 0..R {
                    sums[r][0] = before[r].add(sums[r][0]);
                }
            }
            self.add(whole..k, sums)
        }
    }

    /// A row of C from its sums.
    ///
    /// # Safety
    ///
    /// As [`Chain::row`], with the bias.
    #[inline(always)]
    unsafe fn finish(&self, finish: &Finish, sums: [V; C], c: *const f32) -> [V; C] {
        let mut y = sums;
        // SAFETY: the caller's promise.
        unsafe {
            for v in 0..C {
                y[v] = V::splat(finish.alpha).mul(y[v]);
            }
            if finish.beta != 0.0 {
                let c = self.row(c);
                for v in 0..C {
                    y[v] = y[v].add(V::splat(finish.beta).mul(c[v]));
                }
            }
            if !finish.bias.is_null() {
                let bias = self.row(finish.bias);
                for v in 0..C {
                    y[v] = y[v].add(bias[v]);
                }
            }
        }
        y
    }
}
