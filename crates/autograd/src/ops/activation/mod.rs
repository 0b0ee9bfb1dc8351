//! Softmax, its logarithm, gates, and dropouts; the activations of single elements are functions of
//! [`tensor::functions`].

mod dropout;
mod glu;
mod softmax;

pub use dropout::{alpha_dropout, dropout, dropout1d, dropout2d, dropout3d, feature_alpha_dropout};
pub(crate) use softmax::softmax_back;
