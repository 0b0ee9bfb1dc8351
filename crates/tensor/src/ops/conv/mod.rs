//! Convolution over one, two or three axes, and its transpose.

#[allow(clippy::module_inception)] // the operation of the folder's name
mod conv;
mod conv_transpose;
mod convolution;
mod gradients;
mod options;

pub use convolution::Convolution;
pub use options::{ConvFuncOptions, ConvTransposeFuncOptions, Padding};
