use std::ops::Range;

use super::Planes;
use crate::kernels::number::Float;
use crate::kernels::parallel::Pieces;
use crate::kernels::rounding::{dot_in_lanes, sum_in_lanes};
use crate::kernels::simd::{Kernel, dispatch};

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

    /// The factors of `dx` for one channel, of which `dot` is `Σ(x − mean)·dy` and `mean_dy` the mean of
    /// `dy`.
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
            *dw *= factors.inverse;
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
