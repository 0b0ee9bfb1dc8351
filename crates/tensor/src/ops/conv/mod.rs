//! Convolution over one, two or three axes, its gradients, and its transpose.

#[allow(clippy::module_inception)] // the operation of the folder's name
mod conv;
mod conv_transpose;
mod gradients;
