//! Softmax over columns, whose terms torch adds up one after the other.

use super::{Softmax, alone_of};
use crate::kernels::math::Math;
use crate::kernels::number::Float;
use crate::kernels::parallel::{GRAIN, Shared, run};
use crate::kernels::simd::Kernel;

/// Columns that go along together.
const WIDTH: usize = 64;

/// Calls `f` with up to [`WIDTH`] neighbouring columns of each `[n, inner]` of `y`, in parallel: where they
/// begin, whether they fill no vector of torch's, and a way to them.
pub(super) fn in_columns<T: Float>(
    y: &mut [T],
    n: usize,
    inner: usize,
    f: impl Fn(usize, bool, ColumnsMut<'_, T>) + Sync,
) {
    let whole = inner - alone_of::<T>(inner);
    // What fills no vector comes last, by itself.
    let strips: Vec<(usize, usize)> = (0..whole)
        .step_by(WIDTH)
        .map(|j| (j, WIDTH.min(whole - j)))
        .chain((whole < inner).then(|| (whole, inner - whole)))
        .collect();
    let (len, outer) = (y.len(), y.len() / (n * inner));
    let shared = Shared(y.as_mut_ptr());
    let each = GRAIN.div_ceil(n * WIDTH.min(inner));
    let all = outer * strips.len();
    run(all.div_ceil(each), |task| {
        for at in task * each..all.min((task + 1) * each) {
            let (j, width) = strips[at % strips.len()];
            let start = at / strips.len() * n * inner + j;
            // SAFETY: the strips of all blocks are disjoint, and each is in one task; the last of `n` rows of
            // this one ends inside `y`, which is borrowed mutably.
            let columns = unsafe {
                debug_assert!(start + (n - 1) * inner + width <= len);
                ColumnsMut { first: shared.get().add(start), inner, width, lent: std::marker::PhantomData }
            };
            f(start, j >= whole, columns);
        }
    });
}

/// Neighbouring columns of a matrix to write to.
pub(super) struct ColumnsMut<'a, T> {
    first: *mut T,
    inner: usize,
    width: usize,
    lent: std::marker::PhantomData<&'a mut [T]>,
}

impl<T> ColumnsMut<'_, T> {
    /// Of row `i`, which the matrix has.
    #[inline(always)]
    fn row(&mut self, i: usize) -> &mut [T] {
        // SAFETY: the columns of a row that is there, lent to this alone.
        unsafe { std::slice::from_raw_parts_mut(self.first.add(i * self.inner), self.width) }
    }
}

pub(super) struct Columns<'a, T> {
    pub(super) what: Softmax,
    pub(super) x: &'a [T],
    pub(super) n: usize,
    pub(super) inner: usize,
    pub(super) alone: bool,
    pub(super) y: ColumnsMut<'a, T>,
}

impl<T: Float + Math> Kernel for Columns<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Columns { what, x, n, inner, alone, mut y } = self;
        let width = y.width;
        let x = |i: usize| &x[i * inner..][..width];
        let (mut max, mut sum) = ([T::LOWEST; WIDTH], [T::ZERO; WIDTH]);
        max[..width].copy_from_slice(x(0));
        for i in 1..n {
            max.iter_mut().zip(x(i)).for_each(|(max, &x)| *max = max.maximum(x));
        }
        for i in 0..n {
            for (((y, &x), max), sum) in y.row(i).iter_mut().zip(x(i)).zip(&max).zip(&mut sum) {
                let shifted = x - *max;
                let e = Math::exp_at(shifted, alone);
                *y = if what == Softmax::Shares { e } else { shifted };
                *sum += e;
            }
        }
        if what == Softmax::Logarithms {
            sum[..width].iter_mut().for_each(|sum| *sum = sum.ln_of_sum());
        }
        for i in 0..n {
            for (y, &sum) in y.row(i).iter_mut().zip(&sum) {
                *y = if what == Softmax::Shares { *y / sum } else { *y - sum };
            }
        }
    }
}

pub(super) struct ColumnGradients<'a, T> {
    pub(super) what: Softmax,
    pub(super) y: &'a [T],
    pub(super) n: usize,
    pub(super) inner: usize,
    pub(super) alone: bool,
    pub(super) dx: ColumnsMut<'a, T>,
}

impl<T: Float + Math> Kernel for ColumnGradients<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let ColumnGradients { what, y, n, inner, alone, mut dx } = self;
        let width = dx.width;
        let y = |i: usize| &y[i * inner..][..width];
        let mut sum = [T::ZERO; WIDTH];
        for i in 0..n {
            for ((dx, &y), sum) in dx.row(i).iter().zip(y(i)).zip(&mut sum) {
                *sum = if what == Softmax::Shares { dx.mul_add(y, *sum) } else { *sum + *dx };
            }
        }
        for i in 0..n {
            for ((dx, &y), &sum) in dx.row(i).iter_mut().zip(y(i)).zip(&sum) {
                *dx = if what == Softmax::Shares {
                    (*dx - sum) * y
                } else {
                    Float::mul_add(-Math::exp_at(y, alone), sum, *dx)
                };
            }
        }
    }
}
