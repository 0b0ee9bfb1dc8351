//! The ways back: what each output had of an input, that has of the output's gradient.

use super::{Axes, of_grain, sizes};
use crate::kernels::number::Float;
use crate::kernels::parallel::for_each_chunk_mut;
use crate::kernels::simd::{Kernel, dispatch};

/// Adds `dy` times the product of the weights to 0 in `dx`, output by output, rounded once.
pub fn scatter<T: Float>(dy: &[T], axes: &Axes<T>, dx: &mut [T]) {
    run::<T, false>(dy, axes, dx);
}

/// The same over the last two axes with every product rounded, and the columns of an output before its rows:
/// torch's way back from four by four elements.
pub fn scatter_cubic<T: Float>(dy: &[T], axes: &Axes<T>, dx: &mut [T]) {
    run::<T, true>(dy, axes, dx);
}

fn run<T: Float, const CUBIC: bool>(dy: &[T], axes: &Axes<T>, dx: &mut [T]) {
    let [plane, output] = sizes(axes).map(|sizes| sizes.iter().product::<usize>());
    if dx.is_empty() {
        return;
    }
    for_each_chunk_mut(dx, of_grain(plane.max(output)) * plane, |start, dx| {
        let dy = &dy[start / plane * output..];
        dispatch(Scatter::<T, CUBIC> { dy, axes, dx });
    });
}

struct Scatter<'a, T, const CUBIC: bool> {
    dy: &'a [T],
    axes: &'a Axes<T>,
    dx: &'a mut [T],
}

impl<T: Float, const CUBIC: bool> Kernel for Scatter<'_, T, CUBIC> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let [d, h, w] = self.axes;
        let (plane, columns) = (d.input * h.input * w.input, w.output());
        let mut rows = self.dy.chunks_exact(columns);
        for dx in self.dx.chunks_exact_mut(plane) {
            dx.fill(T::ZERO);
            for i in 0..d.output() {
                for j in 0..h.output() {
                    let (first, second) = (d.taps(i), h.taps(j));
                    for (k, &dy) in rows.next().unwrap_or_default().iter().enumerate() {
                        let third = w.taps(k);
                        if CUBIC {
                            for (&at, &across) in third.0.iter().zip(third.1) {
                                for (&row, &down) in second.0.iter().zip(second.1) {
                                    dx[row * w.input + at] += dy * down * across;
                                }
                            }
                            continue;
                        }
                        for (&layer, &deep) in first.0.iter().zip(first.1) {
                            for (&row, &down) in second.0.iter().zip(second.1) {
                                let dx = &mut dx[(layer * h.input + row) * w.input..][..w.input];
                                let down = deep * down;
                                for (&at, &across) in third.0.iter().zip(third.1) {
                                    dx[at] = (down * across).mul_add(dy, dx[at]);
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
