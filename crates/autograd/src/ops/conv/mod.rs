//! Convolution over one, two or three axes, its transpose, and their gradients.

#[allow(clippy::module_inception)] // the operation of the folder's name
mod conv;
mod conv_transpose;
mod gradients;
