//! Softmax over rows. Short rows are taken in groups that fit in the first-level cache, and each pass runs
//! over the whole group: with ten classes a row is shorter than a vector.

use super::math::Math;
use super::number::{Float, Max, Sum};
use super::parallel::{GRAIN, for_each_chunk_mut};
use super::rounding::ShortRows;
use super::rounding::rows::fold_row;
use super::simd::{Kernel, dispatch};

/// `y = exp(x − max) / Σ exp(x − max)` for each row of `n`.
///
/// # Panics
///
/// If the lengths differ or are no multiple of `n`.
pub fn softmax_rows<T: Float + Math>(x: &[T], n: usize, y: &mut [T]) {
    rows::<T, false>(x, n, y);
}

/// `y = x − max − log Σ exp(x − max)` for each row of `n`.
///
/// # Panics
///
/// If the lengths differ or are no multiple of `n`.
pub fn log_softmax_rows<T: Float + Math>(x: &[T], n: usize, y: &mut [T]) {
    rows::<T, true>(x, n, y);
}

/// `y = exp(y)` for the logarithms of probabilities: the inverse of
/// [`log_softmax_rows`], with the same `exp`.
pub fn exp_of_log_softmax<T: Float + Math>(y: &mut [T]) {
    for_each_chunk_mut(y, GRAIN, |_, y| dispatch(Exp { y }));
}

/// `dx = dx − exp(y)·Σ dx` for each row of `n`: from the gradient of a row's [`log_softmax_rows`] `y` that of
/// the row, rounded as in torch, whose product and difference are one step.
///
/// # Panics
///
/// If the lengths differ or are no multiple of `n`.
pub fn log_softmax_gradient_rows<T: Float + Math>(y: &[T], n: usize, dx: &mut [T]) {
    assert!(y.len() == dx.len(), "log_softmax: lengths differ");
    if dx.is_empty() {
        return;
    }
    assert!(dx.len().is_multiple_of(n), "log_softmax: {} elements are no rows of {n}", dx.len());
    let short = ShortRows::of::<T>();
    for_each_chunk_mut(dx, GRAIN.div_ceil(n) * n, |start, dx| {
        dispatch(Gradient { y: &y[start..start + dx.len()], n, dx, short });
    });
}

struct Gradient<'a, T> {
    y: &'a [T],
    n: usize,
    dx: &'a mut [T],
    short: ShortRows,
}

impl<T: Float + Math> Kernel for Gradient<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (y, dx) in self.y.chunks_exact(self.n).zip(self.dx.chunks_exact_mut(self.n)) {
            let sum = -self.short.sum(dx);
            for (dx, &y) in dx.iter_mut().zip(y) {
                *dx = Math::exp_flushed(y).mul_add(sum, *dx);
            }
        }
    }
}

struct Exp<'a, T> {
    y: &'a mut [T],
}

impl<T: Float + Math> Kernel for Exp<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for y in self.y {
            *y = Math::exp_flushed(*y);
        }
    }
}

/// Elements of a group: 8 KiB of f32.
const GROUP: usize = 2048;

/// Groups of whole rows, in parallel.
fn rows<T: Float + Math, const LOG: bool>(x: &[T], n: usize, y: &mut [T]) {
    assert!(x.len() == y.len(), "softmax: lengths differ");
    if y.is_empty() {
        return;
    }
    assert!(y.len().is_multiple_of(n), "softmax: {} elements are no rows of {n}", y.len());
    let group = (GROUP / n).max(1) * n;
    let short = ShortRows::of::<T>();
    for_each_chunk_mut(y, (GRAIN / group).max(1) * group, |start, y| {
        for (x, y) in x[start..start + y.len()].chunks(group).zip(y.chunks_mut(group)) {
            dispatch(Group::<T, LOG> { x, n, y, short });
        }
    });
}

/// The rows of a group: their softmax, or its logarithm.
struct Group<'a, T, const LOG: bool> {
    x: &'a [T],
    n: usize,
    y: &'a mut [T],
    short: ShortRows,
}

impl<T: Float + Math, const LOG: bool> Kernel for Group<'_, T, LOG> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        if self.n >= LONG {
            for (x, y) in self.x.chunks_exact(self.n).zip(self.y.chunks_exact_mut(self.n)) {
                let max = fold_row::<Max<T>>(x);
                if LOG {
                    let log = Float::ln(exps(x, max, None));
                    for (y, &x) in y.iter_mut().zip(x) {
                        *y = x - max - log;
                    }
                } else {
                    let scale = T::ONE / exps(x, max, Some(y));
                    for y in y {
                        *y *= scale;
                    }
                }
            }
            return;
        }
        shift(self.x, self.n, self.y);
        if LOG {
            let mut exps = [T::ZERO; GROUP];
            for (e, &y) in exps.iter_mut().zip(&*self.y) {
                *e = Math::exp_flushed(y);
            }
            for (y, e) in self.y.chunks_exact_mut(self.n).zip(exps.chunks_exact(self.n)) {
                let log = Math::ln_of_sum(self.short.sum(e));
                for y in y {
                    *y -= log;
                }
            }
        } else {
            for y in self.y.iter_mut() {
                *y = Math::exp_flushed(*y);
            }
            for y in self.y.chunks_exact_mut(self.n) {
                let sum = self.short.sum(y);
                for y in y {
                    *y = *y / sum;
                }
            }
        }
    }
}

/// Rows of at least this many elements fill vectors by themselves, and one pass does for `exp` and its sum.
const LONG: usize = 64;

/// Elements computed at once, two vectors of the widest kind, and how many of them an accumulator
/// takes before it goes up a level.
const LANES: usize = 32;
const BLOCK: usize = 64 * LANES;

/// The sum of `e = exp(x − max)`, and `e` itself in `y`.
#[inline(always)]
fn exps<T: Float + Math>(x: &[T], max: T, mut y: Option<&mut [T]>) -> T {
    let mut total = [T::ZERO; LANES];
    for (b, x) in x.chunks(BLOCK).enumerate() {
        let mut sums = [T::ZERO; LANES];
        let (whole, rest) = x.as_chunks::<LANES>();
        for (i, x) in whole.iter().enumerate() {
            let e = exps_of(x, max, &mut sums);
            if let Some(y) = &mut y {
                y[b * BLOCK + i * LANES..][..LANES].copy_from_slice(&e);
            }
        }
        if !rest.is_empty() {
            let mut x = [T::LOWEST; LANES]; // whose exponentials are 0
            x[..rest.len()].copy_from_slice(rest);
            let e = exps_of(&x, max, &mut sums);
            if let Some(y) = &mut y {
                y[b * BLOCK + whole.len() * LANES..][..rest.len()].copy_from_slice(&e[..rest.len()]);
            }
        }
        for (total, sum) in total.iter_mut().zip(sums) {
            *total += sum;
        }
    }
    fold_row::<Sum<T>>(&total)
}

#[inline(always)]
fn exps_of<T: Float + Math>(x: &[T; LANES], max: T, sums: &mut [T; LANES]) -> [T; LANES] {
    let mut e = *x;
    for (e, sum) in e.iter_mut().zip(sums) {
        *e = Math::exp_flushed(*e - max);
        *sum += *e;
    }
    e
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
