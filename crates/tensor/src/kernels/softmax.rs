//! Softmax over rows. Rows are taken in groups that fit in the first-level cache, and each pass runs over the whole
//! group: with ten classes a row is shorter than a vector.

use super::fold::{Max, Sum, fold_row};
use super::parallel::{GRAIN, for_each_chunk_mut};
use super::simd::{Kernel, dispatch};
use crate::Float;

/// `y = exp(x − max) / Σ exp(x − max)` for each row of `n`.
///
/// # Panics
///
/// If the lengths differ or are no multiple of `n`.
pub fn softmax_rows<T: Float>(x: &[T], n: usize, y: &mut [T]) {
    rows(x, n, y, |x, y| dispatch(Softmax { x, n, y }));
}

/// `y = x − max − log Σ exp(x − max)` for each row of `n`.
///
/// # Panics
///
/// If the lengths differ or are no multiple of `n`.
pub fn log_softmax_rows<T: Float>(x: &[T], n: usize, y: &mut [T]) {
    rows(x, n, y, |x, y| dispatch(LogSoftmax { x, n, y }));
}

/// Elements of a group: 8 KiB of f32.
const GROUP: usize = 2048;

/// `f` on groups of whole rows, in parallel.
fn rows<T: Float>(x: &[T], n: usize, y: &mut [T], f: impl Fn(&[T], &mut [T]) + Sync) {
    assert!(x.len() == y.len(), "softmax: lengths differ");
    if y.is_empty() {
        return;
    }
    assert!(y.len().is_multiple_of(n), "softmax: {} elements are no rows of {n}", y.len());
    let group = (GROUP / n).max(1) * n;
    for_each_chunk_mut(y, (GRAIN / group).max(1) * group, |start, y| {
        for (x, y) in x[start..start + y.len()].chunks(group).zip(y.chunks_mut(group)) {
            f(x, y);
        }
    });
}

struct Softmax<'a, T> {
    x: &'a [T],
    n: usize,
    y: &'a mut [T],
}

impl<T: Float> Kernel for Softmax<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        shift(self.x, self.n, self.y);
        for y in self.y.iter_mut() {
            *y = Float::exp(*y);
        }
        for y in self.y.chunks_exact_mut(self.n) {
            let sum = fold_row::<Sum<T>>(y);
            for y in y {
                *y = *y / sum;
            }
        }
    }
}

struct LogSoftmax<'a, T> {
    x: &'a [T],
    n: usize,
    y: &'a mut [T],
}

impl<T: Float> Kernel for LogSoftmax<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        shift(self.x, self.n, self.y);
        let mut exps = [T::ZERO; GROUP];
        if self.n <= GROUP {
            for (e, &y) in exps.iter_mut().zip(&*self.y) {
                *e = Float::exp(y);
            }
            for (y, e) in self.y.chunks_exact_mut(self.n).zip(exps.chunks_exact(self.n)) {
                lower(y, fold_row::<Sum<T>>(e));
            }
            return;
        }
        // One row longer than a group, a piece at a time.
        let mut sum = T::ZERO;
        for y in self.y.chunks(GROUP) {
            for (e, &y) in exps.iter_mut().zip(y) {
                *e = Float::exp(y);
            }
            sum += fold_row::<Sum<T>>(&exps[..y.len()]);
        }
        lower(self.y, sum);
    }
}

/// `y = x − max` for each row.
#[inline(always)]
fn shift<T: Float>(x: &[T], n: usize, y: &mut [T]) {
    for (x, y) in x.chunks_exact(n).zip(y.chunks_exact_mut(n)) {
        let max = fold_row::<Max<T>>(x);
        for (y, &x) in y.iter_mut().zip(x) {
            *y = x - max;
        }
    }
}

#[inline(always)]
fn lower<T: Float>(y: &mut [T], sum: T) {
    let log = Float::ln(sum);
    for y in y {
        *y -= log;
    }
}
