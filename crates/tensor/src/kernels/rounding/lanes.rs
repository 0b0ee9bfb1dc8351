//! Torch's orders of what it sums in the lanes of one vector.

use super::Rounding;
use super::rows::fold_row;
use crate::kernels::number::{Float, Sum};
use crate::kernels::simd::{Isa, Kernel, dispatch};

/// How a softmax sums the terms of a row that fills no vectors by itself.
#[derive(Clone, Copy)]
pub(in crate::kernels) struct ShortRows {
    eight_lanes: bool,
}

impl ShortRows {
    /// As torch does: with AVX2, where its vectors have that many, in eight lanes, which it folds by halves.
    pub(in crate::kernels) fn of<T>() -> ShortRows {
        let eight_lanes =
            size_of::<T>() == 4 && Isa::current() == Isa::Avx2 && Rounding::current() != Rounding::Nearest;
        ShortRows { eight_lanes }
    }

    #[inline(always)]
    pub(in crate::kernels) fn sum<T: Float>(self, x: &[T]) -> T {
        if x.len() < 8 || !self.eight_lanes { fold_row::<Sum<T>>(x) } else { in_lanes::<T, 8>(x) }
    }
}

/// `Σx` as torch's norms add it up: in as many lanes as 32 bytes hold, which are folded by halves; what fills
/// no vector, one after the other.
#[inline(always)]
pub(in crate::kernels) fn sum_in_lanes<T: Float>(x: &[T]) -> T {
    match size_of::<T>() {
        4 => in_lanes::<T, 8>(x),
        _ => in_lanes::<T, 4>(x),
    }
}

#[inline(always)]
fn in_lanes<T: Float, const N: usize>(x: &[T]) -> T {
    let (whole, tail) = x.as_chunks::<N>();
    let Some((&first, whole)) = whole.split_first() else { return one_by_one(x.iter().copied()) };
    let mut lanes = first;
    for x in whole {
        for (lane, &x) in lanes.iter_mut().zip(x) {
            *lane += x;
        }
    }
    for (lane, &x) in lanes.iter_mut().zip(tail) {
        *lane += x;
    }
    by_halves(lanes)
}

/// `Σ(x − shift)·y` in the order of [`sum_in_lanes`], its products rounded; with `FUSED` those behind
/// the last whole vector are not.
#[inline(always)]
pub(in crate::kernels) fn dot_in_lanes<T: Float, const FUSED: bool>(x: &[T], shift: T, y: &[T]) -> T {
    match size_of::<T>() {
        4 => products_in_lanes::<T, 8, FUSED>(x, shift, y),
        _ => products_in_lanes::<T, 4, FUSED>(x, shift, y),
    }
}

#[inline(always)]
fn products_in_lanes<T: Float, const N: usize, const FUSED: bool>(x: &[T], shift: T, y: &[T]) -> T {
    let ((x_whole, x_tail), (y_whole, y_tail)) = (x.as_chunks::<N>(), y.as_chunks::<N>());
    if x_whole.is_empty() {
        return one_by_one(x.iter().zip(y).map(|(&x, &y)| (x - shift) * y));
    }
    // Nothing is lost by adding the first products to −0.
    let mut lanes = [-T::ZERO; N];
    for (x, y) in x_whole.iter().zip(y_whole) {
        for (lane, (&x, &y)) in lanes.iter_mut().zip(x.iter().zip(y)) {
            *lane += (x - shift) * y;
        }
    }
    for (lane, (&x, &y)) in lanes.iter_mut().zip(x_tail.iter().zip(y_tail)) {
        *lane = if FUSED { (x - shift).mul_add(y, *lane) } else { *lane + (x - shift) * y };
    }
    by_halves(lanes)
}

#[inline(always)]
fn one_by_one<T: Float>(x: impl Iterator<Item = T>) -> T {
    x.fold(-T::ZERO, |sum, x| sum + x)
}

#[inline(always)]
fn by_halves<T: Float, const N: usize>(mut lanes: [T; N]) -> T {
    let mut width = N;
    while width > 1 {
        width /= 2;
        for i in 0..width {
            lanes[i] += lanes[i + width];
        }
    }
    lanes[0]
}

/// `Σx²` in the order of torch's norm: as many lanes as 32 bytes hold, added up one after the other, and then
/// the elements left over, of which four at a time round the square and the last three at most do not.
///
/// ```
/// use tensor::kernels::rounding::sum_of_squares;
///
/// assert_eq!(sum_of_squares(&[3.0f32, 4.0]), 25.0);
/// ```
pub fn sum_of_squares<T: Float>(x: &[T]) -> T {
    dispatch(SumOfSquares(x))
}

struct SumOfSquares<'a, T>(&'a [T]);

impl<T: Float> Kernel for SumOfSquares<'_, T> {
    type Output = T;

    #[inline(always)]
    fn run(self) -> T {
        match size_of::<T>() {
            4 => squares_in_lanes::<T, 8>(self.0),
            _ => squares_in_lanes::<T, 4>(self.0),
        }
    }
}

#[inline(always)]
fn squares_in_lanes<T: Float, const LANES: usize>(x: &[T]) -> T {
    let mut sums = [T::ZERO; LANES];
    let (whole, rest) = x.as_chunks::<LANES>();
    for x in whole {
        for (sum, &x) in sums.iter_mut().zip(x) {
            *sum += x * x;
        }
    }
    let (fours, rest) = rest.as_chunks::<4>();
    let sum =
        sums.into_iter().chain(fours.as_flattened().iter().map(|&x| x * x)).fold(T::ZERO, |sum, x| sum + x);
    rest.iter().fold(sum, |sum, &x| x.mul_add(x, sum))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The last digits tell the orders apart.
    #[test]
    fn a_short_row_is_summed_in_lanes_where_torch_does() {
        let (in_lanes, plainly) = (ShortRows { eight_lanes: true }, ShortRows { eight_lanes: false });
        let x: [f32; 10] = [1e8, 1.0, 3.0, 5.0, -1e8, 2.0, 7.0, 11.0, 0.5, 0.25];
        assert_eq!(in_lanes.sum(&x), ((1e8f32 + 0.5 - 1e8) + 10.0) + (3.25 + 16.0));
        assert_eq!(plainly.sum(&x), x.iter().sum());
        assert_eq!(in_lanes.sum(&x[..7]), x[..7].iter().sum());
        assert_ne!(in_lanes.sum(&x), plainly.sum(&x));
        assert_eq!(sum_in_lanes(&x), in_lanes.sum(&x));
        assert_eq!(dot_in_lanes::<f32, true>(&x, 0.0, &[1.0; 10]), in_lanes.sum(&x));
        assert_eq!(sum_in_lanes(&x[..7]), 8.0 + 2.0 + 7.0);
    }
}
