use tensor::{Float, Num, Plain, Tensor};

use super::InterpolationMode;
use super::planes::Planes;

/// The image of the size `to`, one axis after the other in this `order`; an axis that keeps its size is left
/// out. `support` is how far the curve of weights reaches.
pub(super) fn resample<T: Sample>(
    x: &Tensor,
    image: Planes,
    to: [usize; 2],
    order: [usize; 2],
    mode: InterpolationMode,
    support: f64,
) -> Tensor {
    let (mut x, mut size) = (x.contiguous(), [image.height, image.width]);
    for axis in order {
        if to[axis] == size[axis] {
            continue;
        }
        let table = taps::<T>(size[axis], to[axis], mode, support);
        let rows = [image.planes, size[0], size[1] * image.pixel];
        size[axis] = to[axis];
        x = Tensor::from_fill(image.resized(&x, size[0], size[1]), |y: &mut [T]| match axis {
            0 => down(x.as_slice(), y, rows, &table),
            _ => across(x.as_slice(), y, rows, image.pixel, &table),
        });
    }
    x
}

/// The pixels that one pixel is made of: the first of them, and their weights, whose sum is 1.
struct Taps<W> {
    first: usize,
    weights: Vec<W>,
}

/// What each of `output` pixels is made of, among `input` pixels. A coarser image takes the mean of all that
/// it covers: the curve of weights is as wide as its pixels.
fn taps<T: Sample>(input: usize, output: usize, mode: InterpolationMode, support: f64) -> Vec<Taps<T::Sum>> {
    let real = T::Real::from_f64;
    let one = T::Real::ONE;
    let scale = real(input as f64) / real(output as f64);
    let wide = scale.maximum(one);
    let (support, narrow) = (real(support) * wide, one / wide);
    (0..output)
        .map(|i| {
            let center = real(i as f64 + 0.5) * scale;
            // Halves are added in double precision, whatever the others are; torch rounds so.
            let first = ((center - support).to_f64() + 0.5).max(0.0) as usize;
            let end = (((center + support).to_f64() + 0.5) as usize).min(input);
            let weight = |x: usize| {
                let distance = ((real(x as f64) - center).to_f64() + 0.5) * narrow.to_f64();
                mode.weight(real(distance), T::mul_add)
            };
            let weights: Vec<T::Real> = (first..end).map(weight).collect();
            let sum = weights.iter().fold(T::Real::ZERO, |sum, &w| sum + w);
            let share = |w: T::Real| if sum == T::Real::ZERO { w } else { w / sum };
            Taps { first, weights: weights.into_iter().map(|w| T::weight(share(w))).collect() }
        })
        .collect()
}

/// Each row of `x` to the width of `y`. `rows` are the planes, the rows of each and their elements.
fn across<T: Sample>(x: &[T], y: &mut [T], rows: [usize; 3], pixel: usize, table: &[Taps<T::Sum>]) {
    for (x, y) in x.chunks_exact(rows[2]).zip(y.chunks_exact_mut(table.len() * pixel)) {
        for (y, taps) in y.chunks_exact_mut(pixel).zip(table) {
            let (x, n) = (&x[taps.first * pixel..], taps.weights.len());
            for (channel, y) in y.iter_mut().enumerate() {
                let pixels = x[channel..].iter().step_by(pixel).zip(&taps.weights).enumerate();
                *y = T::end(pixels.fold(T::START, |sum, (k, (&x, &w))| T::add(sum, x, w, k, n)));
            }
        }
    }
}

/// The rows of each plane of `x` to those of `y`.
fn down<T: Sample>(x: &[T], y: &mut [T], [_, height, row]: [usize; 3], table: &[Taps<T::Sum>]) {
    let mut sums = vec![T::START; row];
    for (x, y) in x.chunks_exact(height * row).zip(y.chunks_exact_mut(table.len() * row)) {
        for (y, taps) in y.chunks_exact_mut(row).zip(table) {
            sums.fill(T::START);
            let n = taps.weights.len();
            for (k, (x, &w)) in x[taps.first * row..].chunks_exact(row).zip(&taps.weights).enumerate() {
                sums.iter_mut().zip(x).for_each(|(sum, &x)| *sum = T::add(*sum, x, w, k, n));
            }
            y.iter_mut().zip(&sums).for_each(|(y, &sum)| *y = T::end(sum));
        }
    }
}

/// An element that is resampled: how its weights are kept, and how they are added up.
pub(super) trait Sample: Plain {
    /// What weights are computed in.
    type Real: Float;
    /// What they are kept and added up in.
    type Sum: Copy;
    const START: Self::Sum;

    /// `a·b + c`, as weights are computed.
    fn mul_add(a: Self::Real, b: Self::Real, c: Self::Real) -> Self::Real;

    fn weight(w: Self::Real) -> Self::Sum;

    /// The sum with `w` times `x`, the `k`-th of `n`.
    fn add(sum: Self::Sum, x: Self, w: Self::Sum, k: usize, n: usize) -> Self::Sum;

    fn end(sum: Self::Sum) -> Self;
}

/// The digits behind the point of a byte's weights: what 32 bits leave beside a byte, a sign and a bit for
/// weights beyond 1. So Pillow has it.
const DIGITS: u32 = 22;

impl Sample for u8 {
    type Real = f64;
    type Sum = i32;
    const START: i32 = 1 << (DIGITS - 1);

    fn mul_add(a: f64, b: f64, c: f64) -> f64 {
        a * b + c
    }

    fn weight(w: f64) -> i32 {
        (w * f64::from(1 << DIGITS) + 0.5f64.copysign(w)) as i32
    }

    #[inline(always)]
    fn add(sum: i32, x: u8, w: i32, _: usize, _: usize) -> i32 {
        sum + i32::from(x) * w
    }

    #[inline(always)]
    fn end(sum: i32) -> u8 {
        (sum >> DIGITS).clamp(0, 255) as u8
    }
}

macro_rules! float {
    ($($t:ident)*) => {$(
        impl Sample for $t {
            type Real = $t;
            type Sum = $t;
            const START: $t = 0.0;

            fn mul_add(a: $t, b: $t, c: $t) -> $t {
                a.mul_add(b, c)
            }

            fn weight(w: $t) -> $t {
                w
            }

            /// torch's loop over all but the first takes 16 bytes at a time, rounding products and sums;
            /// what is left is rounded once.
            #[inline(always)]
            fn add(sum: $t, x: $t, w: $t, k: usize, n: usize) -> $t {
                match k {
                    0 => x * w,
                    _ if k <= (n - 1) / (16 / size_of::<$t>()) * (16 / size_of::<$t>()) => sum + x * w,
                    _ => x.mul_add(w, sum),
                }
            }

            #[inline(always)]
            fn end(sum: $t) -> $t {
                sum
            }
        }
    )*};
}
float!(f32 f64);
