use super::moments::moments;
use super::{Affine, Planes, along_line, by_rows, inverse_root};
use crate::kernels::number::Float;
use crate::kernels::parallel::{GRAIN, for_each_chunk_mut};
use crate::kernels::rounding::{dot_in_lanes, sum_in_lanes};
use crate::kernels::simd::{Kernel, dispatch};

/// Planes in groups of neighbouring channels, which are rows of their elements.
#[derive(Clone, Copy, Debug)]
pub struct Groups {
    /// The planes.
    pub planes: Planes,
    /// How many groups the channels of an image make; it divides them.
    pub groups: usize,
}

impl Groups {
    /// Channels of a group.
    fn channels(self) -> usize {
        self.planes.channels / self.groups
    }

    /// Elements of a group.
    fn len(self) -> usize {
        self.channels() * self.planes.size
    }

    /// The first channel of a row.
    #[inline(always)]
    fn first_channel(self, row: usize) -> usize {
        row % self.groups * self.channels()
    }
}

/// `y = (x − mean)/√(variance + eps)·weight + bias` for each group of each image, whose mean and `1/√…` it
/// gives as well. A group must not be empty.
pub fn group_norm<T: Float>(
    g: Groups,
    x: &[T],
    affine: Affine<'_, T>,
    eps: f64,
    mean: &mut [T],
    inverse: &mut [T],
    y: &mut [T],
) {
    let n = g.len();
    by_rows(y, n, [mean, inverse], |start, y, [mean, inverse]| {
        dispatch(Rows { g, first: start / n, x: &x[start..start + y.len()], affine, eps, mean, inverse, y });
    });
}

struct Rows<'a, T> {
    g: Groups,
    first: usize,
    x: &'a [T],
    affine: Affine<'a, T>,
    eps: f64,
    mean: &'a mut [T],
    inverse: &'a mut [T],
    y: &'a mut [T],
}

impl<T: Float> Kernel for Rows<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { g, first, x, affine, eps, mean, inverse, y } = self;
        let (n, size) = (g.len(), g.planes.size);
        for (i, (x, y)) in x.chunks_exact(n).zip(y.chunks_exact_mut(n)).enumerate() {
            let (m, variance) = moments(x);
            let r = inverse_root(variance.maximum(T::ZERO), eps);
            (mean[i], inverse[i]) = (m, r);
            if affine.weight.is_none() && affine.bias.is_none() {
                for (y, &x) in y.iter_mut().zip(x) {
                    *y = (x - m) * r;
                }
                continue;
            }
            let planes = x.chunks_exact(size).zip(y.chunks_exact_mut(size));
            for (c, (x, y)) in (g.first_channel(first + i)..).zip(planes) {
                along_line(x, affine.line(c, m, r), y);
            }
        }
    }
}

/// The gradients of group norm from that of its output, `dy`.
#[derive(Clone, Copy, Debug)]
pub struct GroupBackward<'a, T> {
    /// The layout of `x` and `dy`.
    pub groups: Groups,
    /// The input.
    pub x: &'a [T],
    /// The gradient of the output.
    pub dy: &'a [T],
    /// The mean of each group of each image.
    pub mean: &'a [T],
    /// `1/√(variance + eps)` of each group of each image.
    pub inverse: &'a [T],
    /// The scale, if there is one.
    pub weight: Option<&'a [T]>,
}

impl<T: Float> GroupBackward<'_, T> {
    /// Writes the gradients of the input, where asked for, of the weight and of the bias.
    pub fn run(self, dx: Option<&mut [T]>, dw: &mut [T], db: &mut [T]) {
        let Groups { planes: p, groups } = self.groups;
        // Of each plane `Σ dy·x` and `Σ dy`.
        let mut sums = vec![(T::ZERO, T::ZERO); p.images * p.channels];
        let grain = (GRAIN / p.size).max(1);
        for_each_chunk_mut(&mut sums, grain, |first, sums| dispatch(Sums { of: self, first, sums }));
        if let Some(dx) = dx {
            let (n, sums) = (self.groups.len(), &sums);
            by_rows(dx, n, [], |start, dx, []| {
                dispatch(InputRows { of: self, first: start / n, sums, dx });
            });
        }
        let channels = self.groups.channels();
        for (c, (dw, db)) in dw.iter_mut().zip(db).enumerate() {
            (*dw, *db) = (T::ZERO, T::ZERO);
            for image in 0..p.images {
                let (ds, dy) = sums[image * p.channels + c];
                let row = image * groups + c / channels;
                *dw = (-dy).mul_add(self.mean[row], ds).mul_add(self.inverse[row], *dw);
                *db += dy;
            }
        }
    }
}

struct Sums<'a, T> {
    of: GroupBackward<'a, T>,
    first: usize,
    sums: &'a mut [(T, T)],
}

impl<T: Float> Kernel for Sums<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { of, first, sums } = self;
        let size = of.groups.planes.size;
        for (plane, sums) in (first..).zip(sums) {
            let (x, dy) = (&of.x[plane * size..][..size], &of.dy[plane * size..][..size]);
            *sums = (dot_in_lanes::<T, false>(dy, T::ZERO, x), sum_in_lanes(dy));
        }
    }
}

struct InputRows<'a, T> {
    of: GroupBackward<'a, T>,
    first: usize,
    sums: &'a [(T, T)],
    dx: &'a mut [T],
}

impl<T: Float> Kernel for InputRows<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { of, first, sums, dx } = self;
        let (n, size, channels) = (of.groups.len(), of.groups.planes.size, of.groups.channels());
        let share = T::ONE / T::from_f64(n as f64);
        for (row, dx) in (first..).zip(dx.chunks_exact_mut(n)) {
            let first_channel = of.groups.first_channel(row);
            let weight = |c: usize| of.weight.map_or(T::ONE, |weight| weight[first_channel + c]);
            let (ds, db) = weighted(&sums[row * channels..][..channels], weight);
            let (mean, r) = (of.mean[row], of.inverse[row]);
            let by_x = db.mul_add(mean, -ds) * r * r * r * share;
            let constant = (-(db * r)).mul_add(share, -(by_x * mean));
            for (c, dx) in dx.chunks_exact_mut(size).enumerate() {
                let plane = row * n + c * size..row * n + (c + 1) * size;
                let (x, dy) = (&of.x[plane.clone()], &of.dy[plane]);
                let by_dy = r * weight(c);
                for (dx, (&x, &dy)) in dx.iter_mut().zip(x.iter().zip(dy)) {
                    *dx = by_dy.mul_add(dy, by_x * x) + constant;
                }
            }
        }
    }
}

/// Both sums over the planes of a group, times their weights: in eight lanes, which are added one after the
/// other, then the planes left over, of which four at a time round the product and the last three do not.
#[inline(always)]
fn weighted<T: Float>(sums: &[(T, T)], weight: impl Fn(usize) -> T) -> (T, T) {
    let (whole, _) = sums.as_chunks::<8>();
    let mut lanes = [(T::ZERO, T::ZERO); 8];
    for (i, sums) in whole.iter().enumerate() {
        for (j, (lane, &(ds, db))) in lanes.iter_mut().zip(sums).enumerate() {
            let w = weight(8 * i + j);
            *lane = (ds.mul_add(w, lane.0), db.mul_add(w, lane.1));
        }
    }
    let mut total = lanes.iter().fold((T::ZERO, T::ZERO), |total, lane| (total.0 + lane.0, total.1 + lane.1));
    let fours = sums.len() / 4 * 4;
    for (c, &(ds, db)) in sums.iter().enumerate().skip(8 * whole.len()) {
        let w = weight(c);
        total = if c < fours {
            (total.0 + ds * w, total.1 + db * w)
        } else {
            (ds.mul_add(w, total.0), db.mul_add(w, total.1))
        };
    }
    total
}
