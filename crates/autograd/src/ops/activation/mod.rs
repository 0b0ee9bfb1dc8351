//! Softmax, its logarithm, and dropout; the activations of single elements are functions of
//! [`tensor::functions`].

mod dropout;
mod softmax;

pub use dropout::dropout;
pub(crate) use softmax::log_softmax_back;
