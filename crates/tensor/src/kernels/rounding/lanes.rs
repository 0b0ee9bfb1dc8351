//! Torch's orders of what it sums in the lanes of one vector.

use super::Rounding;
use crate::kernels::number::Float;
use crate::kernels::simd::{Isa, Kernel, dispatch};

/// How a softmax sums a row: in as many lanes as torch's vectors have, which are folded by halves; what fills
/// no vector, one after the other.
#[derive(Clone, Copy)]
pub(in crate::kernels) enum Lanes {
    Four,
    Eight,
    Sixteen,
}

impl Lanes {
    /// Those of the instruction set's vectors, or the longest where nobody's order is asked for.
    pub(in crate::kernels) fn of<T>() -> Lanes {
        let short = Isa::current() == Isa::Avx2 && Rounding::current() != Rounding::Nearest;
        match (size_of::<T>(), short) {
            (4, false) => Lanes::Sixteen,
            (4, true) | (_, false) => Lanes::Eight,
            (_, true) => Lanes::Four,
        }
    }

    #[inline(always)]
    pub(in crate::kernels) fn sum<T: Float>(self, x: &[T]) -> T {
        match self {
            Lanes::Four => sum_in::<T, 4>(x),
            Lanes::Eight => sum_in::<T, 8>(x),
            Lanes::Sixteen => sum_in::<T, 16>(x),
        }
    }

    /// `Σx·y`, whose products are rounded but for those behind the last whole vector.
    #[inline(always)]
    pub(in crate::kernels) fn dot<T: Float>(self, x: &[T], y: &[T]) -> T {
        match self {
            Lanes::Four => products_in_lanes::<T, 4, true>(x, T::ZERO, y),
            Lanes::Eight => products_in_lanes::<T, 8, true>(x, T::ZERO, y),
            Lanes::Sixteen => products_in_lanes::<T, 16, true>(x, T::ZERO, y),
        }
    }
}

/// `Σx` as torch's norms add it up: in as many lanes as 32 bytes hold, which are folded by halves; what fills
/// no vector, one after the other.
#[inline(always)]
pub(in crate::kernels) fn sum_in_lanes<T: Float>(x: &[T]) -> T {
    match size_of::<T>() {
        4 => sum_in::<T, 8>(x),
        _ => sum_in::<T, 4>(x),
    }
}

#[inline(always)]
fn sum_in<T: Float, const N: usize>(x: &[T]) -> T {
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

/// [`dot_in_lanes`] in `N` lanes.
#[inline(always)]
pub(in crate::kernels) fn products_in_lanes<T: Float, const N: usize, const FUSED: bool>(
    x: &[T],
    shift: T,
    y: &[T],
) -> T {
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
    fn lanes_are_folded_by_halves() {
        let x: [f32; 10] = [1e8, 1.0, 3.0, 5.0, -1e8, 2.0, 7.0, 11.0, 0.5, 0.25];
        assert_eq!(Lanes::Eight.sum(&x), ((1e8f32 + 0.5 - 1e8) + 10.0) + (3.25 + 16.0));
        assert_eq!(Lanes::Sixteen.sum(&x), x.iter().sum());
        assert_eq!(Lanes::Eight.sum(&x[..7]), x[..7].iter().sum());
        assert_ne!(Lanes::Eight.sum(&x), Lanes::Sixteen.sum(&x));
        assert_eq!(sum_in_lanes(&x), Lanes::Eight.sum(&x));
        assert_eq!(Lanes::Eight.dot(&x, &[1.0; 10]), Lanes::Eight.sum(&x));
        assert_eq!(dot_in_lanes::<f32, true>(&x, 0.0, &[1.0; 10]), Lanes::Eight.sum(&x));
        assert_eq!(sum_in_lanes(&x[..7]), 8.0 + 2.0 + 7.0);
    }
}
