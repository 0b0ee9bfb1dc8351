//! Softmax over rows. Short rows are taken in groups that fit in the first-level cache, and each pass runs
//! over the whole group: with ten classes a row is shorter than a vector.

use super::fold::{Max, Sum, fold_row};
use super::math::Math;
use super::mkl::Mkl;
use super::number::Float;
use super::parallel::{GRAIN, for_each_chunk_mut};
use super::simd::{Isa, Kernel, dispatch};

/// `y = exp(x − max) / Σ exp(x − max)` for each row of `n`.
///
/// # Panics
///
/// If the lengths differ or are no multiple of `n`.
pub fn softmax_rows<T: Float + Math>(x: &[T], n: usize, y: &mut [T]) {
    let eight_lanes = eight_lanes::<T>();
    rows(x, n, y, |x, y| dispatch(Softmax { x, n, y, eight_lanes }));
}

/// `y = x − max − log Σ exp(x − max)` for each row of `n`.
///
/// # Panics
///
/// If the lengths differ or are no multiple of `n`.
pub fn log_softmax_rows<T: Float + Math>(x: &[T], n: usize, y: &mut [T]) {
    let eight_lanes = eight_lanes::<T>();
    rows(x, n, y, |x, y| dispatch(LogSoftmax { x, n, y, eight_lanes }));
}

/// `y = exp(y)` for the logarithms of probabilities: the inverse of
/// [`log_softmax_rows`], with the same `exp`.
pub fn exp_of_log_softmax<T: Float + Math>(y: &mut [T]) {
    for_each_chunk_mut(y, GRAIN, |_, y| dispatch(Exp { y }));
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
    eight_lanes: bool,
}

impl<T: Float + Math> Kernel for Softmax<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        if self.n >= LONG {
            for (x, y) in self.x.chunks_exact(self.n).zip(self.y.chunks_exact_mut(self.n)) {
                let max = fold_row::<Max<T>>(x);
                let scale = T::ONE / exps(x, max, Some(y));
                for y in y {
                    *y *= scale;
                }
            }
            return;
        }
        shift(self.x, self.n, self.y);
        for y in self.y.iter_mut() {
            *y = Math::exp_flushed(*y);
        }
        for y in self.y.chunks_exact_mut(self.n) {
            let sum = sum_of_short(y, self.eight_lanes);
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
    eight_lanes: bool,
}

impl<T: Float + Math> Kernel for LogSoftmax<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        if self.n >= LONG {
            for (x, y) in self.x.chunks_exact(self.n).zip(self.y.chunks_exact_mut(self.n)) {
                let max = fold_row::<Max<T>>(x);
                let log = Float::ln(exps(x, max, None));
                for (y, &x) in y.iter_mut().zip(x) {
                    *y = x - max - log;
                }
            }
            return;
        }
        shift(self.x, self.n, self.y);
        let mut exps = [T::ZERO; GROUP];
        for (e, &y) in exps.iter_mut().zip(&*self.y) {
            *e = Math::exp_flushed(y);
        }
        for (y, e) in self.y.chunks_exact_mut(self.n).zip(exps.chunks_exact(self.n)) {
            let log = Math::ln_of_sum(sum_of_short(e, self.eight_lanes));
            for y in y {
                *y -= log;
            }
        }
    }
}

/// Whether torch adds up a short row in eight lanes, which it folds by halves: with AVX2,
/// where its vectors have that many.
fn eight_lanes<T>() -> bool {
    size_of::<T>() == 4 && Isa::current() == Isa::Avx2 && Mkl::current() != Mkl::Absent
}

/// The sum of a row below [`LONG`].
#[inline(always)]
fn sum_of_short<T: Float>(x: &[T], eight_lanes: bool) -> T {
    let Some((&first, rest)) = x.split_first_chunk::<8>().filter(|_| eight_lanes) else {
        return fold_row::<Sum<T>>(x);
    };
    let mut lanes = first;
    for x in rest.chunks(8) {
        for (lane, &x) in lanes.iter_mut().zip(x) {
            *lane += x;
        }
    }
    let [a, b, c, d, e, f, g, h] = lanes;
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

/// Rows of at least this many elements fill vectors by themselves, and one pass does for `exp` and its sum.
const LONG: usize = 64;

/// What is computed at once, two vectors of the widest kind, and how many of them an accumulator
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The last digits tell the orders apart.
    #[test]
    fn a_short_row_is_summed_in_lanes_where_torch_does() {
        let x: [f32; 10] = [1e8, 1.0, 3.0, 5.0, -1e8, 2.0, 7.0, 11.0, 0.5, 0.25];
        assert_eq!(sum_of_short(&x, true), ((1e8f32 + 0.5 - 1e8) + 10.0) + (3.25 + 16.0));
        assert_eq!(sum_of_short(&x, false), x.iter().sum());
        assert_eq!(sum_of_short(&x[..7], true), x[..7].iter().sum());
        assert_ne!(sum_of_short(&x, true), sum_of_short(&x, false));
    }
}
