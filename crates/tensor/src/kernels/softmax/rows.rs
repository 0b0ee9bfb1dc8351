//! Softmax over rows. Short ones are taken in groups that fit in the first-level cache, and each pass runs
//! over the whole group: with ten classes a row is shorter than a vector.

use super::Softmax;
use crate::kernels::math::Math;
use crate::kernels::number::{Float, Max};
use crate::kernels::rounding::Lanes;
use crate::kernels::rounding::rows::fold_row;
use crate::kernels::simd::Kernel;

/// Elements of a group of rows: 8 KiB of f32.
pub(super) const GROUP: usize = 2048;

/// A group of whole rows, which the first-level cache holds. With ten classes a row is shorter than a vector:
/// each pass over short ones runs over all of them.
pub(super) struct Rows<'a, T> {
    pub(super) what: Softmax,
    pub(super) x: &'a [T],
    pub(super) n: usize,
    pub(super) y: &'a mut [T],
    pub(super) lanes: Lanes,
}

impl<T: Float + Math> Kernel for Rows<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Rows { what, x, n, y, lanes } = self;
        for (x, y) in x.chunks_exact(n).zip(y.chunks_exact_mut(n)) {
            let max = fold_row::<Max<T>>(x);
            for (y, &x) in y.iter_mut().zip(x) {
                *y = x - max;
            }
        }
        if what == Softmax::Shares {
            y.iter_mut().for_each(|y| *y = Math::exp_at(*y, false));
            for y in y.chunks_exact_mut(n) {
                let share = T::ONE / lanes.sum(y);
                y.iter_mut().for_each(|y| *y *= share);
            }
        } else if n > GROUP {
            let mut exps = vec![T::ZERO; n];
            for y in y.chunks_exact_mut(n) {
                for (e, &y) in exps.iter_mut().zip(&*y) {
                    *e = Math::exp_at(y, false);
                }
                let log = lanes.sum(&exps).ln_of_sum();
                y.iter_mut().for_each(|y| *y -= log);
            }
        } else {
            let mut exps = [T::ZERO; GROUP];
            for (e, &y) in exps.iter_mut().zip(&*y) {
                *e = Math::exp_at(y, false);
            }
            for (y, e) in y.chunks_exact_mut(n).zip(exps.chunks_exact(n)) {
                let log = lanes.sum(e).ln_of_sum();
                y.iter_mut().for_each(|y| *y -= log);
            }
        }
    }
}

pub(super) struct RowGradients<'a, T> {
    pub(super) what: Softmax,
    pub(super) y: &'a [T],
    pub(super) n: usize,
    pub(super) dx: &'a mut [T],
    pub(super) lanes: Lanes,
}

impl<T: Float + Math> Kernel for RowGradients<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (y, dx) in self.y.chunks_exact(self.n).zip(self.dx.chunks_exact_mut(self.n)) {
            if self.what == Softmax::Shares {
                let sum = self.lanes.dot(dx, y);
                for (dx, &y) in dx.iter_mut().zip(y) {
                    *dx = (*dx - sum) * y;
                }
            } else {
                let sum = -self.lanes.sum(dx);
                for (dx, &y) in dx.iter_mut().zip(y) {
                    *dx = Float::mul_add(Math::exp_at(y, false), sum, *dx);
                }
            }
        }
    }
}
