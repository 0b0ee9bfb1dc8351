//! What moves or resamples the pixels of images.

mod affine_grid;
mod fold;
mod grid_sample;
mod interpolate;
mod shuffle;

pub use fold::{UnfoldOptions, fold, unfold};
