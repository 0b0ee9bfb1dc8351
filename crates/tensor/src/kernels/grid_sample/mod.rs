//! Images read where a grid says, and the ways back to the image and to the grid.
//!
//! The roundings are those of torch 2.15, found by probing it, and so is the order in which gradients are
//! added where several outputs read the same element.

mod affine;
mod axis;
mod neighbours;
mod sums;
mod ways;

use super::number::Float;
use super::parallel::{GRAIN, for_each_chunk_mut};
use super::simd::dispatch;
use crate::{GridSampleMode, GridSampleOptions, GridSamplePadding};
pub use affine::{affine, affine_back, base};
use axis::{Axis, Taps};
pub use neighbours::Neighbours;
use sums::Sums;
use ways::{Sample, ToGrid, ToInput};

/// The sizes of images of `D` axes and of what is read of them.
#[derive(Clone, Copy, Debug)]
pub struct Sizes<const D: usize> {
    /// The channels of an image.
    pub channels: usize,
    /// The axes of an image, none of which is empty.
    pub input: [usize; D],
    /// The outputs in each channel of an image.
    pub output: usize,
    /// How many of these torch takes in one row, behind which its vectors begin anew.
    pub row: usize,
}

impl<const D: usize> Sizes<D> {
    /// The elements of a plane.
    fn plane(&self) -> usize {
        self.input.iter().product()
    }

    /// The elements of an image.
    fn image(&self) -> usize {
        self.channels * self.plane()
    }
}

/// How images are read.
#[derive(Clone, Copy, Debug)]
pub struct Sampler<T, const D: usize> {
    mode: GridSampleMode,
    sizes: Sizes<D>,
    /// The axes as coordinates have them, from the last one on, and the elements from one of an axis to the
    /// next.
    axes: [(Axis<T, D>, usize); D],
}

/// Runs a kernel for the number of elements that the mode reads along an axis.
macro_rules! by_reach {
    ($mode:expr, $kernel:ident<$T:ty, _, $D:ident> { $($field:ident),* }) => {
        match $mode {
            GridSampleMode::Nearest => dispatch($kernel::<$T, 1, $D> { $($field),* }),
            GridSampleMode::Bilinear => dispatch($kernel::<$T, 2, $D> { $($field),* }),
            GridSampleMode::Bicubic => dispatch($kernel::<$T, 4, $D> { $($field),* }),
        }
    };
}

impl<T: Float, const D: usize> Sampler<T, D>
where
    [Taps<T, 2>; D]: Sums<T, D>,
    [Taps<T, 4>; D]: Sums<T, D>,
{
    /// The way that the options describe.
    pub fn new(options: GridSampleOptions, sizes: Sizes<D>) -> Self {
        let mut width = 1;
        let axes = std::array::from_fn(|i| {
            let size = sizes.input[D - 1 - i];
            let axis = (Axis::new(size, options), width);
            width *= size;
            axis
        });
        Sampler { mode: options.mode, sizes, axes }
    }

    /// The outputs `y: [images, channels, output]` of the images `x: [images, channels, …input]` at the
    /// coordinates `grid: [images, output, D]`.
    pub fn sample(&self, x: &[T], grid: &[T], y: &mut [T]) {
        let (sampler, one) = (self, self.sizes.channels * self.sizes.output);
        each_image(y, one, one, |image, y| {
            let (x, grid) = (&x[image * self.sizes.image()..], &grid[image * self.sizes.output * D..]);
            by_reach!(self.mode, Sample<T, _, D> { sampler, x, grid, y });
        });
    }

    /// What each output reads.
    pub fn neighbours(&self, grid: &[T]) -> Neighbours<T> {
        match self.mode {
            GridSampleMode::Nearest => Neighbours::of::<1, D>(self, grid),
            GridSampleMode::Bilinear => Neighbours::of::<2, D>(self, grid),
            GridSampleMode::Bicubic => Neighbours::of::<4, D>(self, grid),
        }
    }

    /// The images' gradients `dx` from those of the outputs.
    pub fn to_input(&self, dy: &[T], grid: &[T], dx: &mut [T]) {
        let (sampler, one) = (self, self.sizes.channels * self.sizes.output);
        each_image(dx, self.sizes.image(), one, |image, dx| {
            let (dy, grid) = (&dy[image * one..], &grid[image * self.sizes.output * D..]);
            by_reach!(self.mode, ToInput<T, _, D> { sampler, dy, grid, dx });
        });
    }

    /// The coordinates' gradients `dgrid` from those of the outputs.
    pub fn to_grid(&self, dy: &[T], x: &[T], grid: &[T], dgrid: &mut [T]) {
        if self.mode == GridSampleMode::Nearest || dy.is_empty() {
            return dgrid.fill(T::ZERO);
        }
        let (sampler, one) = (self, self.sizes.channels * self.sizes.output);
        each_image(dgrid, self.sizes.output * D, one, |image, dgrid| {
            let (dy, x) = (&dy[image * one..], &x[image * self.sizes.image()..]);
            let grid = &grid[image * self.sizes.output * D..];
            by_reach!(self.mode, ToGrid<T, _, D> { sampler, dy, x, grid, dgrid });
        });
    }
}

/// Calls `f` with the number of the first image and the parts of `y` of some images, each of which has `size`
/// elements there and takes about as long as `work` of them.
fn each_image<T: Send>(y: &mut [T], size: usize, work: usize, f: impl Fn(usize, &mut [T]) + Sync) {
    if !y.is_empty() {
        for_each_chunk_mut(y, (GRAIN / work.max(1)).max(1) * size, |start, y| f(start / size, y));
    }
}
