//! The loops over outputs.

use super::axis::{Reach, Taps};
use super::{Sampler, Sums};
use crate::kernels::number::Float;
use crate::kernels::simd::Kernel;

/// The outputs of some images.
pub(super) struct Sample<'a, T, const K: usize, const D: usize> {
    pub sampler: &'a Sampler<T, D>,
    pub x: &'a [T],
    pub grid: &'a [T],
    pub y: &'a mut [T],
}

impl<T: Float, const K: usize, const D: usize> Kernel for Sample<'_, T, K, D>
where
    Taps<T, K>: Reach<T, D>,
    [Taps<T, K>; D]: Sums<T, D>,
{
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Sample { sampler, x, grid, y } = self;
        let (axes, widths, output) = (sampler.axes, sampler.axes.map(|axis| axis.1), sampler.sizes.output);
        let (plane, one) = (sampler.sizes.plane(), sampler.sizes.channels * output);
        for (image, y) in y.chunks_exact_mut(one).enumerate() {
            for i in 0..output {
                let coordinates = &grid[(image * output + i) * D..][..D];
                let taps: [Taps<T, K>; D] = std::array::from_fn(|d| Reach::of(&axes[d].0, coordinates[d]));
                for channel in 0..sampler.sizes.channels {
                    let x = &x[(image * sampler.sizes.channels + channel) * plane..][..plane];
                    y[channel * output + i] = taps.value(x, widths);
                }
            }
        }
    }
}

/// The gradients of some images.
pub(super) struct ToInput<'a, T, const K: usize, const D: usize> {
    pub sampler: &'a Sampler<T, D>,
    pub dy: &'a [T],
    pub grid: &'a [T],
    pub dx: &'a mut [T],
}

impl<T: Float, const K: usize, const D: usize> Kernel for ToInput<'_, T, K, D>
where
    Taps<T, K>: Reach<T, D>,
    [Taps<T, K>; D]: Sums<T, D>,
{
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let ToInput { sampler, dy, grid, dx } = self;
        let (axes, widths, sizes) = (sampler.axes, sampler.axes.map(|axis| axis.1), sampler.sizes);
        let (plane, output) = (sizes.plane(), sizes.output);
        dx.fill(T::ZERO);
        // In two axes torch adds the first element of a whole vector of outputs, then the second.
        let lanes = if D == 2 { 32 / size_of::<T>() } else { 1 };
        for (image, dx) in dx.chunks_exact_mut(plane * sizes.channels).enumerate() {
            for row in (0..output).step_by(sizes.row.max(1)) {
                let end = (row + sizes.row).min(output);
                for start in (row..end).step_by(lanes) {
                    let block = lanes.min(end - start);
                    let taps: [[Taps<T, K>; D]; 8] = std::array::from_fn(|lane| {
                        let coordinates = &grid[(image * output + start + lane.min(block - 1)) * D..][..D];
                        std::array::from_fn(|d| Reach::moving(&axes[d].0, coordinates[d]).0)
                    });
                    for (channel, dx) in dx.chunks_exact_mut(plane).enumerate() {
                        let dy = &dy[(image * sizes.channels + channel) * output + start..][..block];
                        for i in 0..<[Taps<T, K>; D] as Sums<T, D>>::COUNT {
                            for (taps, &dy) in taps.iter().zip(dy) {
                                let ((at, inside), share) = taps.share(i, dy, widths);
                                if inside {
                                    dx[at] += share;
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The gradients of some images' coordinates.
pub(super) struct ToGrid<'a, T, const K: usize, const D: usize> {
    pub sampler: &'a Sampler<T, D>,
    pub dy: &'a [T],
    pub x: &'a [T],
    pub grid: &'a [T],
    pub dgrid: &'a mut [T],
}

impl<T: Float, const K: usize, const D: usize> Kernel for ToGrid<'_, T, K, D>
where
    Taps<T, K>: Reach<T, D>,
    [Taps<T, K>; D]: Sums<T, D>,
{
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let ToGrid { sampler, dy, x, grid, dgrid } = self;
        let (axes, widths, sizes) = (sampler.axes, sampler.axes.map(|axis| axis.1), sampler.sizes);
        let (plane, output) = (sizes.plane(), sizes.output);
        for ((i, dgrid), coordinates) in dgrid.chunks_exact_mut(D).enumerate().zip(grid.chunks_exact(D)) {
            let (image, i) = (i / output, i % output);
            let moving: [(Taps<T, K>, T); D] =
                std::array::from_fn(|d| Reach::moving(&axes[d].0, coordinates[d]));
            let (taps, mut sums) = (moving.each_ref().map(|moving| moving.0), [T::ZERO; D]);
            for channel in image * sizes.channels..(image + 1) * sizes.channels {
                taps.add_slopes(&x[channel * plane..][..plane], dy[channel * output + i], widths, &mut sums);
            }
            for (d, (_, scale)) in moving.into_iter().enumerate() {
                dgrid[d] = sums[d] * scale;
            }
        }
    }
}
