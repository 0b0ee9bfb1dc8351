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
        let Some((&first, rest)) = x.split_first_chunk::<8>().filter(|_| self.eight_lanes) else {
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
    }
}
