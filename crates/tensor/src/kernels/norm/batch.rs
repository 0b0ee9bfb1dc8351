use std::ops::Range;

use super::{Affine, along_line, inverse_root};
use crate::kernels::number::Float;
use crate::kernels::parallel::{GRAIN, Pieces, for_each_range};
use crate::kernels::rounding::{dot_in_lanes, sum_in_lanes};
use crate::kernels::simd::{Kernel, dispatch};

/// How a tensor lies in memory: images of channels of so many elements each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Planes {
    pub images: usize,
    pub channels: usize,
    pub size: usize,
}

impl Planes {
    /// That of the shape `[images, channels, …]`.
    pub fn of(shape: &[usize]) -> Planes {
        Planes { images: shape[0], channels: shape[1], size: shape[2..].iter().product() }
    }

    /// How many elements a channel has.
    pub fn count(self) -> usize {
        self.images * self.size
    }

    #[inline(always)]
    fn plane(self, image: usize, channel: usize) -> Range<usize> {
        self.row(image, channel..channel + 1)
    }

    /// The elements of neighbouring channels in one image.
    #[inline(always)]
    fn row(self, image: usize, channels: Range<usize>) -> Range<usize> {
        let start = image * self.channels;
        (start + channels.start) * self.size..(start + channels.end) * self.size
    }

    /// Calls `f` on ranges of channels, in parallel. The arithmetic of a channel does not depend on the others.
    fn in_parallel(self, f: impl Fn(Range<usize>) + Sync) {
        for_each_range(self.channels, (GRAIN / self.count().max(1)).max(1), f);
    }
}

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

/// `y = (x − mean)/√(variance + eps)·weight + bias` by statistics from elsewhere; and `1/√(variance + eps)` as
/// gradients need it: rounded once, which torch does not do on the way to `y`.
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

/// The gradients of batch norm from that of its output, `dy`.
#[derive(Clone, Copy, Debug)]
pub struct BatchBackward<'a, T> {
    /// The layout of `x` and `dy`.
    pub planes: Planes,
    /// The input.
    pub x: &'a [T],
    /// The gradient of the output.
    pub dy: &'a [T],
    /// The mean of each channel.
    pub mean: &'a [T],
    /// `1/√(variance + eps)` of each channel.
    pub inverse: &'a [T],
    /// The scale, if there is one.
    pub weight: Option<&'a [T]>,
    /// Whether the statistics are those of `x`, so that it has a gradient through them.
    pub through_statistics: bool,
}

impl<T: Float> BatchBackward<'_, T> {
    /// Writes the gradients of the input, where asked for, of the weight and of the bias.
    pub fn run(self, dx: Option<&mut [T]>, dw: &mut [T], db: &mut [T]) {
        let (dx, dw, db) = (dx.map(Pieces::new), &Pieces::new(dw), &Pieces::new(db));
        self.planes.in_parallel(|channels| {
            // SAFETY: here and in the kernel, each channel belongs to one of the ranges.
            let (dw, db) = unsafe { (dw.get(channels.clone()), db.get(channels.clone())) };
            dispatch(Backward { of: self, channels, dx: dx.as_ref(), dw, db });
        });
    }

    /// The factors of `dx` for one channel, of which `dot` is `Σ(x − mean)·dy` and `mean_dy` the mean of `dy`.
    #[inline(always)]
    fn factors(&self, channel: usize, dot: T, mean_dy: T) -> Factors<T> {
        let inverse = self.inverse[channel];
        Factors {
            mean: self.mean[channel],
            k: dot * inverse * inverse / T::from_f64(self.planes.count() as f64),
            mean_dy,
            inverse,
            weight: self.weight.map_or(T::ONE, |weight| weight[channel]),
        }
    }
}

/// What the gradient of an input's element is made of beside the element.
#[derive(Clone, Copy)]
struct Factors<T> {
    mean: T,
    k: T,
    mean_dy: T,
    inverse: T,
    weight: T,
}

impl<T: Float> Factors<T> {
    #[inline(always)]
    fn dx<const FUSED: bool>(self, x: T, dy: T) -> T {
        let (x, dy) = (x - self.mean, dy - self.mean_dy);
        let dx = if FUSED { (-x).mul_add(self.k, dy) } else { dy - x * self.k };
        dx * self.inverse * self.weight
    }

    /// Where the statistics are not the input's.
    #[inline(always)]
    fn scaled(self, dy: T) -> T {
        dy * self.inverse * self.weight
    }
}

struct Backward<'a, T> {
    of: BatchBackward<'a, T>,
    channels: Range<usize>,
    /// Of all channels.
    dx: Option<&'a Pieces<'a, T>>,
    /// Of this range.
    dw: &'a mut [T],
    db: &'a mut [T],
}

impl<T: Float> Kernel for Backward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        if self.of.planes.size == 1 { self.columns() } else { self.planes() }
    }
}

impl<T: Float> Backward<'_, T> {
    /// Sums in `f64` of the planes' sums.
    #[inline(always)]
    fn planes(self) {
        let Self { of, channels, dx, dw, db } = self;
        let (p, n) = (of.planes, of.planes.count() as f64);
        for (i, c) in channels.enumerate() {
            let (mut sum, mut dot) = (0.0, 0.0);
            for image in 0..p.images {
                let plane = p.plane(image, c);
                let (x, dy) = (&of.x[plane.clone()], &of.dy[plane]);
                sum += sum_in_lanes(dy).to_f64();
                dot += dot_in_lanes::<T, true>(x, of.mean[c], dy).to_f64();
            }
            dw[i] = T::from_f64(dot * of.inverse[c].to_f64());
            db[i] = T::from_f64(sum);
            let Some(dx) = dx else { continue };
            let factors = of.factors(c, T::from_f64(dot), T::from_f64(sum / n));
            for image in 0..p.images {
                let plane = p.plane(image, c);
                let (x, dy) = (&of.x[plane.clone()], &of.dy[plane.clone()]);
                // SAFETY: this channel belongs to this task, as `BatchBackward::run` says.
                let dx = unsafe { dx.get(plane) };
                if of.through_statistics {
                    for (dx, (&x, &dy)) in dx.iter_mut().zip(x.iter().zip(dy)) {
                        *dx = factors.dx::<true>(x, dy);
                    }
                } else {
                    for (dx, &dy) in dx.iter_mut().zip(dy) {
                        *dx = factors.scaled(dy);
                    }
                }
            }
        }
    }

    /// Chains of `T` for channels of one element an image.
    #[inline(always)]
    fn columns(self) {
        let Self { of, channels, dx, dw, db } = self;
        let (p, n) = (of.planes, T::from_f64(of.planes.count() as f64));
        dw.fill(T::ZERO);
        db.fill(T::ZERO);
        let mean = &of.mean[channels.clone()];
        for image in 0..p.images {
            let row = p.row(image, channels.clone());
            let (x, dy) = (&of.x[row.clone()], &of.dy[row]);
            for ((dot, &mean), (&x, &dy)) in dw.iter_mut().zip(mean).zip(x.iter().zip(dy)) {
                *dot = (x - mean).mul_add(dy, *dot);
            }
            for (sum, &dy) in db.iter_mut().zip(dy) {
                *sum += dy;
            }
        }
        let factors = |(i, c): (usize, usize)| of.factors(c, dw[i], db[i] / n);
        let factors: Vec<Factors<T>> = channels.clone().enumerate().map(factors).collect();
        for (dw, factors) in dw.iter_mut().zip(&factors) {
            *dw = *dw * factors.inverse;
        }
        let Some(dx) = dx else { return };
        // torch's vectors of 32 bytes leave so many channels behind.
        let whole = p.channels - p.channels % (32 / size_of::<T>());
        for image in 0..p.images {
            let row = p.row(image, channels.clone());
            let (x, dy) = (&of.x[row.clone()], &of.dy[row.clone()]);
            // SAFETY: as above.
            let dx = unsafe { dx.get(row) };
            let elements = dx.iter_mut().zip(x.iter().zip(dy)).zip(channels.clone().zip(&factors));
            for ((dx, (&x, &dy)), (c, factors)) in elements {
                *dx = match (of.through_statistics, c < whole) {
                    (true, true) => factors.dx::<true>(x, dy),
                    (true, false) => factors.dx::<false>(x, dy),
                    (false, _) => factors.scaled(dy),
                };
            }
        }
    }
}
