use std::ops::Range;

use super::{Affine, Planes, along_line, inverse_root};
use crate::kernels::number::Float;
use crate::kernels::parallel::Pieces;
use crate::kernels::simd::{Kernel, dispatch};

/// What batch norm finds of each channel.
#[derive(Debug)]
pub struct BatchStatistics<'a, T> {
    /// The mean.
    pub mean: &'a mut [T],
    /// `1/√(variance + eps)`, of the biased variance.
    pub inverse: &'a mut [T],
    /// `Σ(x − mean)²`.
    pub squares: &'a mut [T],
}

/// `y = (x − mean)/√(squares/n + eps)·weight + bias` by the statistics of `x` itself, which it gives as well.
pub fn normalize<T: Float>(
    p: Planes,
    x: &[T],
    affine: Affine<'_, T>,
    eps: f64,
    statistics: BatchStatistics<'_, T>,
    y: &mut [T],
) {
    let BatchStatistics { mean, inverse, squares } = statistics;
    let [mean, inverse, squares, y] = &[mean, inverse, squares, y].map(Pieces::new);
    p.in_parallel(|channels| {
        // SAFETY: here and in `Transform`, each channel belongs to one of the ranges.
        let [mean, inverse, squares] = [mean, inverse, squares].map(|of| unsafe { of.get(channels.clone()) });
        dispatch(Normalize { p, x, channels, affine, eps, mean, inverse, squares, y });
    });
}

/// `y = (x − mean)/√(variance + eps)·weight + bias` by statistics from elsewhere; and `1/√(variance + eps)`
/// as gradients need it: rounded once, which torch does not do on the way to `y`.
pub fn normalize_by<T: Float>(
    p: Planes,
    x: &[T],
    [mean, variance]: [&[T]; 2],
    affine: Affine<'_, T>,
    eps: f64,
    inverse_kept: &mut [T],
    y: &mut [T],
) {
    for (kept, &variance) in inverse_kept.iter_mut().zip(variance) {
        *kept = inverse_root(variance, eps);
    }
    let y = &Pieces::new(y);
    let inverse = |c: usize| T::ONE / (variance[c] + T::from_f64(eps)).sqrt();
    p.in_parallel(|channels| {
        let lines: Vec<(T, T)> = channels.clone().map(|c| affine.line(c, mean[c], inverse(c))).collect();
        dispatch(Transform { p, x, first: channels.start, lines: &lines, y });
    });
}

struct Normalize<'a, T> {
    p: Planes,
    x: &'a [T],
    channels: Range<usize>,
    affine: Affine<'a, T>,
    eps: f64,
    /// Of this range.
    mean: &'a mut [T],
    inverse: &'a mut [T],
    squares: &'a mut [T],
    /// Of all channels.
    y: &'a Pieces<'a, T>,
}

impl<T: Float> Kernel for Normalize<'_, T> {
    type Output = ();

    /// One channel after the other: its second and third pass find it in the cache.
    #[inline(always)]
    fn run(self) {
        let Self { p, x, channels, affine, eps, mean, inverse, squares, y } = self;
        let n = T::from_f64(p.count() as f64);
        if p.size == 1 {
            column_statistics(p, x, channels.clone(), n, mean, squares);
            for (inverse, &squares) in inverse.iter_mut().zip(&*squares) {
                *inverse = inverse_root(squares / n, eps);
            }
            let line = |(i, c)| affine.line(c, mean[i], inverse[i]);
            let lines: Vec<(T, T)> = channels.clone().enumerate().map(line).collect();
            return Transform { p, x, first: channels.start, lines: &lines, y }.run();
        }
        for (i, c) in channels.enumerate() {
            mean[i] = T::from_f64(wide_sum::<T, false>(p, x, c, T::ZERO) / p.count() as f64);
            squares[i] = T::from_f64(wide_sum::<T, true>(p, x, c, mean[i]));
            inverse[i] = inverse_root(squares[i] / n, eps);
            let line = affine.line(c, mean[i], inverse[i]);
            Transform { p, x, first: c, lines: &[line], y }.run();
        }
    }
}

/// The statistics of channels of one element an image: chains of `T`, in which a square is not rounded.
#[inline(always)]
fn column_statistics<T: Float>(
    p: Planes,
    x: &[T],
    channels: Range<usize>,
    n: T,
    mean: &mut [T],
    squares: &mut [T],
) {
    mean.fill(T::ZERO);
    for image in 0..p.images {
        for (sum, &x) in mean.iter_mut().zip(&x[p.row(image, channels.clone())]) {
            *sum += x;
        }
    }
    mean.iter_mut().for_each(|sum| *sum = *sum / n);
    squares.fill(T::ZERO);
    for image in 0..p.images {
        let x = &x[p.row(image, channels.clone())];
        for (sum, (&x, &mean)) in squares.iter_mut().zip(x.iter().zip(&*mean)) {
            *sum = (x - mean).mul_add(x - mean, *sum);
        }
    }
}

/// `Σx` over a channel, or the sum of the rounded squares of `x − mean`, in `f64`. Its order is of no
/// account for the `f32` that it is rounded to.
#[inline(always)]
fn wide_sum<T: Float, const SQUARES: bool>(p: Planes, x: &[T], channel: usize, mean: T) -> f64 {
    let term = |x: T| if SQUARES { ((x - mean) * (x - mean)).to_f64() } else { x.to_f64() };
    let mut lanes = [0.0; 16];
    for image in 0..p.images {
        let (whole, rest) = x[p.plane(image, channel)].as_chunks::<16>();
        for x in whole {
            for (lane, &x) in lanes.iter_mut().zip(x) {
                *lane += term(x);
            }
        }
        for (lane, &x) in lanes.iter_mut().zip(rest) {
            *lane += term(x);
        }
    }
    lanes.iter().sum()
}

/// `y = a·x + b` over the channels from `first` on that there are lines for.
struct Transform<'a, T> {
    p: Planes,
    x: &'a [T],
    first: usize,
    lines: &'a [(T, T)],
    y: &'a Pieces<'a, T>,
}

impl<T: Float> Kernel for Transform<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { p, x, first, lines, y } = self;
        for image in 0..p.images {
            let row = p.row(image, first..first + lines.len());
            // SAFETY: these channels belong to this task, as `normalize` says.
            let (x, y) = (&x[row.clone()], unsafe { y.get(row) });
            if p.size == 1 {
                for (y, (&x, &(a, b))) in y.iter_mut().zip(x.iter().zip(lines)) {
                    *y = x.mul_add(a, b);
                }
                continue;
            }
            for (i, &line) in lines.iter().enumerate() {
                let plane = i * p.size..(i + 1) * p.size;
                along_line(&x[plane.clone()], line, &mut y[plane]);
            }
        }
    }
}
