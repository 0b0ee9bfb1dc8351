//! What reading images where a grid says is besides their tensors: modes, sizes, their checks.

mod affine;
mod options;

use crate::dispatch::by_float;
use crate::kernels::grid_sample::{Neighbours, Sampler, Sizes};
use crate::{Shape, Tensor, Value};

pub use affine::AffineGrid;
pub use options::{GridSampleMode, GridSampleOptions, GridSamplePadding};

const OP: &str = "grid_sample";

/// How images are read where a grid says: all that the ways forward and back need to know.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct GridSampler {
    options: GridSampleOptions,
    input: Shape,
    grid: Shape,
}

/// Runs the body with the sampler of as many axes as the images have.
macro_rules! by_axes {
    ($self:ident, $grid:ident, $T:ident, $sampler:ident => $body:expr) => {
        if $self.is_volume() {
            let $sampler = Sampler::<$T, 3>::new($self.options, $self.sizes($grid));
            $body
        } else {
            let $sampler = Sampler::<$T, 2>::new($self.options, $self.sizes($grid));
            $body
        }
    };
}

impl GridSampler {
    /// The way that the options describe, for images and a grid of these shapes.
    ///
    /// # Panics
    /// As [`Tensor::grid_sample`].
    #[track_caller]
    pub fn new(input: &[usize], grid: &[usize], options: GridSampleOptions) -> GridSampler {
        if let Err(why) = check(input, grid) {
            panic!("{OP}: grid_sampler(): {why}");
        }
        GridSampler { options, input: input.into(), grid: grid.into() }
    }

    /// Whether the images have three axes.
    pub fn is_volume(&self) -> bool {
        self.input.len() == 5
    }

    /// What is made of the elements around a position.
    pub fn mode(&self) -> GridSampleMode {
        self.options.mode
    }

    /// The options by name.
    pub fn attributes(&self) -> Vec<(&'static str, Value)> {
        self.options.attributes()
    }

    /// The images as the grid reads them.
    #[track_caller]
    pub fn sample(&self, x: &Tensor, grid: &Tensor) -> Tensor {
        let (expected, found) = (x.dtype(), grid.dtype());
        assert!(expected == found, "{OP}: expected scalar type {expected} but found {found}");
        let outputs = &self.grid[1..self.grid.len() - 1];
        let shape: Shape = self.input[..2].iter().chain(outputs).copied().collect();
        by_float!(OP, x, T => Tensor::build(shape, x.dtype(), |y: &mut [T]| {
            by_axes!(self, grid, T, sampler => sampler.sample(&x.dense(), &grid.dense(), y));
        }))
    }

    /// The gradient of the images from that of what was read of them.
    #[track_caller]
    pub fn to_input(&self, dy: &Tensor, grid: &Tensor) -> Tensor {
        by_float!(OP, dy, T => Tensor::build(&self.input, dy.dtype(), |dx: &mut [T]| {
            by_axes!(self, grid, T, sampler => sampler.to_input(&dy.dense(), &grid.dense(), dx));
        }))
    }

    /// The gradient of the grid from that of what was read of the images.
    #[track_caller]
    pub fn to_grid(&self, dy: &Tensor, x: &Tensor, grid: &Tensor) -> Tensor {
        by_float!(OP, dy, T => Tensor::build(&self.grid, dy.dtype(), |dgrid: &mut [T]| {
            by_axes!(self, grid, T, sampler => {
                sampler.to_grid(&dy.dense(), &x.dense(), &grid.dense(), dgrid);
            });
        }))
    }

    /// What each output reads, as tensors `[images, outputs]`: the numbers of the elements, 1 where there are
    /// such and 0 elsewhere, how far behind an element of an axis the positions are, and by how much they
    /// move with the coordinates. The last axis comes first.
    #[track_caller]
    pub fn neighbours(&self, grid: &Tensor) -> [Vec<Tensor>; 4] {
        by_float!(OP, grid, T => {
            let Neighbours { at, inside, beyond, scale } =
                by_axes!(self, grid, T, sampler => sampler.neighbours(&grid.dense()));
            let shape = [self.grid[0], self.outputs()];
            let floats = |lists: Vec<Vec<T>>| -> Vec<Tensor> {
                lists.into_iter().map(|list| Tensor::from_vec(list, shape)).collect()
            };
            let at = at.into_iter().map(|list| Tensor::from_vec(list, shape)).collect();
            [at, floats(inside), floats(beyond), floats(scale)]
        })
    }

    /// The outputs in a channel of an image.
    fn outputs(&self) -> usize {
        self.grid[1..self.grid.len() - 1].iter().product()
    }

    fn sizes<const D: usize>(&self, grid: &Tensor) -> Sizes<D> {
        let (output, width) = (self.outputs(), self.grid[self.grid.len() - 2]);
        Sizes {
            channels: self.input[1],
            input: self.input[2..].try_into().expect("as many axes as the images have"),
            output,
            row: if is_one_row(grid) { output } else { width },
        }
    }
}

/// Whether torch takes all outputs of an image in one row: where their coordinates lie one after the
/// other, or all first ones do and then all second ones.
fn is_one_row(grid: &Tensor) -> bool {
    let (sizes, strides) = (&grid.layout.shape[1..], &grid.layout.strides[1..]);
    let dense = |axes: usize| {
        let mut step = 1;
        (0..axes).rev().all(|axis| {
            let dense = sizes[axis] == 1 || strides[axis] == step;
            step *= sizes[axis];
            dense
        })
    };
    dense(sizes.len()) || dense(sizes.len() - 1)
}

/// What is wrong with the shapes, in torch's words.
fn check(input: &[usize], grid: &[usize]) -> Result<(), String> {
    let both = || format!("input with sizes {input:?} and grid with sizes {grid:?}");
    if input.first() != grid.first() {
        return Err(format!("expected grid and input to have same batch size, but got {}", both()));
    }
    let axes = input.len() as i64 - 2;
    if grid.last().copied() != usize::try_from(axes).ok() {
        return Err(format!(
            "expected grid to have size {axes} in last dimension, but got grid with sizes {grid:?}"
        ));
    }
    if let Some(axis) = (2..input.len()).find(|&axis| input[axis] == 0) {
        return Err(format!(
            "expected input to have non-empty spatial dimensions, but input has sizes {input:?} with dimension \
             {axis} being empty"
        ));
    }
    let needed = if input.len() == 4 { 4 } else { 5 };
    if input.len() != needed || grid.len() != needed {
        return Err(format!(
            "expected {needed}D input and grid with same number of dimensions, but got {}",
            both()
        ));
    }
    Ok(())
}
