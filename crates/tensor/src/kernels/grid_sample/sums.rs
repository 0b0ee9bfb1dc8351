//! What one output is made of, and what its gradient is worth to each of these elements and coordinates.

use super::axis::{Place, Taps};
use crate::kernels::number::Float;

/// The arithmetic of one output: `taps` are those along `x`, `y` and in three axes `z`.
pub trait Sums<T, const D: usize> {
    /// The number of elements that it reads.
    const COUNT: usize;

    /// The output of one channel; `x` is that channel's plane, and `widths` are the elements from one of its
    /// elements to the next along each axis.
    fn value(&self, x: &[T], widths: [usize; D]) -> T;

    /// The `i`th element that it reads, in the order of torch's gradients, and that element's share of `dy`.
    fn share(&self, i: usize, dy: T, widths: [usize; D]) -> (Place, T);

    /// Adds what moving along each axis is worth.
    fn add_slopes(&self, x: &[T], dy: T, widths: [usize; D], sums: &mut [T; D]);
}

/// The element of a plane where these of each axis meet.
#[inline(always)]
fn meet<const D: usize>(places: [Place; D], widths: [usize; D]) -> Place {
    let mut at = (0, true);
    for (place, width) in places.into_iter().zip(widths) {
        at = (at.0 + place.0 * width, at.1 && place.1);
    }
    at
}

/// The element there, or 0 where there is none.
#[inline(always)]
fn read<T: Float>(x: &[T], (at, inside): Place) -> T {
    let x = x[at];
    if inside { x } else { T::ZERO }
}

impl<T: Float, const D: usize> Sums<T, D> for [Taps<T, 1>; D] {
    const COUNT: usize = 1;

    #[inline(always)]
    fn value(&self, x: &[T], widths: [usize; D]) -> T {
        read(x, meet(self.each_ref().map(|taps| taps.at[0]), widths))
    }

    #[inline(always)]
    fn share(&self, _: usize, dy: T, widths: [usize; D]) -> (Place, T) {
        (meet(self.each_ref().map(|taps| taps.at[0]), widths), dy)
    }

    #[inline(always)]
    fn add_slopes(&self, _: &[T], _: T, _: [usize; D], _: &mut [T; D]) {}
}

impl<T: Float> Sums<T, 2> for [Taps<T, 2>; 2] {
    const COUNT: usize = 4;

    #[inline(always)]
    fn value(&self, x: &[T], widths: [usize; 2]) -> T {
        let [[nw, a], [ne, b], [sw, c], [se, d]] = [0, 1, 2, 3].map(|i| {
            let (at, weight) = self.share(i, T::ONE, widths);
            [read(x, at), weight]
        });
        se.mul_add(d, sw.mul_add(c, ne.mul_add(b, nw * a)))
    }

    #[inline(always)]
    fn share(&self, i: usize, dy: T, widths: [usize; 2]) -> (Place, T) {
        let ([x, y], [i, j]) = (self, [i % 2, i / 2]);
        (meet([x.at[i], y.at[j]], widths), y.weight[j] * x.weight[i] * dy)
    }

    #[inline(always)]
    fn add_slopes(&self, x: &[T], dy: T, widths: [usize; 2], sums: &mut [T; 2]) {
        let [nw, ne, sw, se] = [0, 1, 2, 3].map(|i| read(x, self.share(i, dy, widths).0));
        let [[e, w], [s, n]] = [self[0].weight, self[1].weight];
        sums[0] = (se - sw).mul_add(n, (ne - nw) * s).mul_add(dy, sums[0]);
        sums[1] = (se - ne).mul_add(w, (sw - nw) * e).mul_add(dy, sums[1]);
    }
}

impl<T: Float> Sums<T, 2> for [Taps<T, 4>; 2] {
    const COUNT: usize = 16;

    #[inline(always)]
    fn value(&self, x: &[T], widths: [usize; 2]) -> T {
        let [across, down] = self;
        let rows = down.at.map(|row| {
            let [a, b, c, d] = across.at.map(|column| read(x, meet([column, row], widths)));
            let [u, v, w, x] = across.weight;
            u.mul_add(a, v * b) + w * c + x * d
        });
        let ([a, b, c, d], [u, v, w, x]) = (rows, down.weight);
        x.mul_add(d, w.mul_add(c, v.mul_add(b, u * a)))
    }

    #[inline(always)]
    fn share(&self, i: usize, dy: T, widths: [usize; 2]) -> (Place, T) {
        let ([x, y], [i, j]) = (self, [i / 4, i % 4]);
        (meet([x.at[i], y.at[j]], widths), dy * x.weight[i] * y.weight[j])
    }

    #[inline(always)]
    fn add_slopes(&self, x: &[T], dy: T, widths: [usize; 2], sums: &mut [T; 2]) {
        let [across, down] = self;
        for i in 0..4 {
            for j in 0..4 {
                let value = read(x, meet([across.at[i], down.at[j]], widths)) * dy;
                sums[0] = (value * across.gain[i]).mul_add(down.weight[j], sums[0]);
                sums[1] = (value * down.gain[j]).mul_add(across.weight[i], sums[1]);
            }
        }
    }
}

impl<T: Float> Sums<T, 3> for [Taps<T, 2>; 3] {
    const COUNT: usize = 8;

    #[inline(always)]
    fn value(&self, x: &[T], widths: [usize; 3]) -> T {
        let mut sum = T::ZERO;
        for i in 0..8 {
            let (at, weight) = self.share(i, T::ONE, widths);
            if at.1 {
                sum += x[at.0] * weight;
            }
        }
        sum
    }

    #[inline(always)]
    fn share(&self, i: usize, dy: T, widths: [usize; 3]) -> (Place, T) {
        let ([x, y, z], [i, j, k]) = (self, [i % 2, i / 2 % 2, i / 4]);
        let weight = x.weight[i] * y.weight[j] * z.weight[k];
        (meet([x.at[i], y.at[j], z.at[k]], widths), weight * dy)
    }

    #[inline(always)]
    fn add_slopes(&self, x: &[T], dy: T, widths: [usize; 3], sums: &mut [T; 3]) {
        let [across, down, deep] = self;
        for corner in 0..8 {
            let [i, j, k] = [corner % 2, corner / 2 % 2, corner / 4];
            let (at, inside) = meet([across.at[i], down.at[j], deep.at[k]], widths);
            if inside {
                let value = x[at];
                let [x, y, z] = [across.weight[i], down.weight[j], deep.weight[k]];
                sums[0] += across.gain[i] * (value * y * z * dy);
                sums[1] += down.gain[j] * (value * x * z * dy);
                sums[2] += deep.gain[k] * (value * x * y * dy);
            }
        }
    }
}

impl<T: Float> Sums<T, 3> for [Taps<T, 4>; 3] {
    const COUNT: usize = 64;

    #[inline(always)]
    fn value(&self, x: &[T], widths: [usize; 3]) -> T {
        let [across, down, deep] = self;
        let mut sum = T::ZERO;
        for k in 0..4 {
            for j in 0..4 {
                let weight = deep.weight[k] * down.weight[j];
                for i in 0..4 {
                    let at = meet([across.at[i], down.at[j], deep.at[k]], widths);
                    sum += read(x, at) * weight * across.weight[i];
                }
            }
        }
        sum
    }

    #[inline(always)]
    fn share(&self, i: usize, dy: T, widths: [usize; 3]) -> (Place, T) {
        let ([x, y, z], [i, j, k]) = (self, [i % 4, i / 4 % 4, i / 16]);
        (meet([x.at[i], y.at[j], z.at[k]], widths), dy * x.weight[i] * y.weight[j] * z.weight[k])
    }

    #[inline(always)]
    fn add_slopes(&self, x: &[T], dy: T, widths: [usize; 3], sums: &mut [T; 3]) {
        let [across, down, deep] = self;
        for tap in 0..64 {
            let [i, j, k] = [tap % 4, tap / 4 % 4, tap / 16];
            let value = read(x, meet([across.at[i], down.at[j], deep.at[k]], widths));
            let [x, y, z] = [across.weight[i], down.weight[j], deep.weight[k]];
            sums[0] += value * across.gain[i] * y * z * dy;
            sums[1] += value * x * down.gain[j] * z * dy;
            sums[2] += value * x * y * deep.gain[k] * dy;
        }
    }
}
