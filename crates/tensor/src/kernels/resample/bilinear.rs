//! Two axes at once: torch's way to small images, with the channels of a pixel beside each other.

use super::{Axis, of_grain};
use crate::kernels::number::Float;
use crate::kernels::parallel::for_each_chunk_mut;
use crate::kernels::simd::{Kernel, dispatch};

/// The planes of `x` with both axes interpolated, as sums of four products by products of weights. Torch
/// begins with the third of the four in the channels that fill vectors of 32 bytes, and with the second in
/// those that are left over.
pub fn bilinear<T: Float>(x: &[T], axes: [&Axis<T>; 2], channels: usize, y: &mut [T]) {
    let [h, w] = axes;
    let (plane, output) = (h.input * w.input, h.output() * w.output());
    if y.is_empty() {
        return;
    }
    for_each_chunk_mut(y, of_grain(output) * output, |start, y| {
        let first = start / output;
        dispatch(Bilinear { x: &x[first * plane..], axes, channels, first, y });
    });
}

struct Bilinear<'a, T> {
    x: &'a [T],
    axes: [&'a Axis<T>; 2],
    channels: usize,
    /// The number of the first plane.
    first: usize,
    y: &'a mut [T],
}

impl<T: Float> Kernel for Bilinear<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let [h, w] = self.axes;
        let lanes = 32 / size_of::<T>();
        let whole = self.channels / lanes * lanes;
        let x = self.x.chunks_exact(h.input * w.input);
        let y = self.y.chunks_exact_mut(h.output() * w.output());
        for ((plane, x), y) in (self.first..).zip(x).zip(y) {
            let in_vector = plane % self.channels < whole;
            for (i, y) in y.chunks_exact_mut(w.output()).enumerate() {
                let (rows, above) = h.taps(i);
                let (top, bottom) = (&x[rows[0] * w.input..][..w.input], &x[rows[1] * w.input..][..w.input]);
                for (j, y) in y.iter_mut().enumerate() {
                    let (columns, left) = w.taps(j);
                    let x = [top[columns[0]], top[columns[1]], bottom[columns[0]], bottom[columns[1]]];
                    let weight =
                        [above[0] * left[0], above[0] * left[1], above[1] * left[0], above[1] * left[1]];
                    *y = if in_vector {
                        let sum = x[3].mul_add(weight[3], x[2] * weight[2]);
                        x[0].mul_add(weight[0], x[1].mul_add(weight[1], sum))
                    } else {
                        let sum = x[0].mul_add(weight[0], x[1] * weight[1]);
                        x[3].mul_add(weight[3], x[2].mul_add(weight[2], sum))
                    };
                }
            }
        }
    }
}
