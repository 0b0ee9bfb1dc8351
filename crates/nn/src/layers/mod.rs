//! The layers, one file each.

mod activation;
mod dropout;
mod elu;
mod flatten;
mod identity;
mod leaky_relu;
mod linear;
mod log_sigmoid;
mod log_softmax;
mod relu;
mod relu6;
mod selu;
mod sigmoid;
mod silu;
mod softmax;
mod softplus;
mod tanh;
mod unflatten;

pub use activation::*;
pub use dropout::Dropout;
pub use elu::ELU;
pub use flatten::Flatten;
pub use identity::Identity;
pub use leaky_relu::LeakyReLU;
pub use linear::Linear;
pub use log_sigmoid::LogSigmoid;
pub use log_softmax::LogSoftmax;
pub use relu::ReLU;
pub use relu6::ReLU6;
pub use selu::SELU;
pub use sigmoid::Sigmoid;
pub use silu::SiLU;
pub use softmax::Softmax;
pub use softplus::Softplus;
pub use tanh::Tanh;
pub use unflatten::Unflatten;

use crate::{Registry, Sequential};

/// Every layer that a file can name without the user's help.
pub(crate) fn register(registry: &mut Registry) {
    registry.register::<Dropout>();
    registry.register::<ELU>();
    registry.register::<Flatten>();
    registry.register::<GELU>();
    registry.register::<Hardtanh>();
    registry.register::<Identity>();
    registry.register::<LeakyReLU>();
    registry.register::<Linear>();
    registry.register::<LogSigmoid>();
    registry.register::<LogSoftmax>();
    registry.register::<ReLU>();
    registry.register::<ReLU6>();
    registry.register::<SELU>();
    registry.register::<Sequential>();
    registry.register::<SiLU>();
    registry.register::<Sigmoid>();
    registry.register::<Softmax>();
    registry.register::<Softplus>();
    registry.register::<Tanh>();
    registry.register::<Unflatten>();
}
