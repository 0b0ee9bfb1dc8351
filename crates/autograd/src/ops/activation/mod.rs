//! Activations, and dropout.

mod dropout;
mod elu;
mod gelu;
mod hardtanh;
mod leaky_relu;
mod log_sigmoid;
mod log_softmax;
mod relu;
mod silu;
mod softmax;
mod softplus;

pub use dropout::dropout;
pub(crate) use log_sigmoid::{LogSigmoid, log_sigmoid};
pub(crate) use log_softmax::log_softmax_back;
