//! One axis after the other.

use super::{Axes, Axis, of_grain, sizes};
use crate::kernels::number::Float;
use crate::kernels::parallel::for_each_chunk_mut;
use crate::kernels::simd::{Kernel, dispatch};

/// `y: [outer, output, inner]`, of `x: [outer, input, inner]`: sums of the elements along the middle axis.
/// A sum begins with the first product; the others are added one after the other.
pub fn along<T: Float>(x: &[T], axis: &Axis<T>, inner: usize, y: &mut [T]) {
    let (from, to) = (axis.input * inner, axis.output() * inner);
    if y.is_empty() {
        return;
    }
    for_each_chunk_mut(y, of_grain(to) * to, |start, y| {
        dispatch(Along { x: &x[start / to * from..], axis, inner, y });
    });
}

struct Along<'a, T> {
    x: &'a [T],
    axis: &'a Axis<T>,
    inner: usize,
    y: &'a mut [T],
}

impl<T: Float> Kernel for Along<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Along { x, axis, inner, y } = self;
        let (input, output) = (axis.input * inner, axis.output());
        for (x, y) in x.chunks_exact(input).zip(y.chunks_exact_mut(output * inner)) {
            for (i, y) in y.chunks_exact_mut(inner).enumerate() {
                let (from, weight) = axis.taps(i);
                // The products that are rounded before they are added: those in whole vectors of 16 bytes.
                let lanes = 16 / size_of::<T>();
                let rounded = if axis.in_vectors { from.len().saturating_sub(1) / lanes * lanes } else { 0 };
                if inner == 1 {
                    let mut sum = from.first().map_or(T::ZERO, |&at| x[at] * weight[0]);
                    for tap in 1..from.len() {
                        let (x, weight) = (x[from[tap]], weight[tap]);
                        sum = if tap <= rounded { sum + x * weight } else { x.mul_add(weight, sum) };
                    }
                    y[0] = sum;
                    continue;
                }
                for tap in 0..from.len() {
                    let (x, weight) = (&x[from[tap] * inner..][..inner], weight[tap]);
                    if tap == 0 {
                        for (y, &x) in y.iter_mut().zip(x) {
                            *y = x * weight;
                        }
                    } else if tap <= rounded {
                        for (y, &x) in y.iter_mut().zip(x) {
                            *y += x * weight;
                        }
                    } else {
                        for (y, &x) in y.iter_mut().zip(x) {
                            *y = x.mul_add(weight, *y);
                        }
                    }
                }
            }
        }
    }
}

/// Copies of the first input of each output, whatever its weight is.
pub fn copy<E: Copy + Send + Sync>(x: &[E], axes: &Axes<f32>, y: &mut [E]) {
    let [[d, h, w], [_, rows, columns]] = sizes(axes);
    let [first, second, third] =
        axes.each_ref().map(|axis| (0..axis.output()).map(|i| axis.taps(i).0[0]).collect::<Vec<_>>());
    if y.is_empty() {
        return;
    }
    for_each_chunk_mut(y, of_grain(columns) * columns, |start, y| {
        for (row, y) in (start / columns..).zip(y.chunks_exact_mut(columns)) {
            let (plane, i, j) = (row / rows / first.len(), row / rows % first.len(), row % rows);
            let x = &x[((plane * d + first[i]) * h + second[j]) * w..][..w];
            y.iter_mut().zip(&third).for_each(|(y, &k)| *y = x[k]);
        }
    });
}
