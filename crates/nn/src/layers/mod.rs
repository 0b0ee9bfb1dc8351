//! The layers, one file each; activations are rows of the table in `activation`.

pub(crate) mod activation;
pub(crate) mod conv;
mod dropout;
mod flatten;
mod identity;
mod linear;
mod log_softmax;
pub(crate) mod norm;
pub(crate) mod pad;
pub(crate) mod pool;
mod softmax;
mod unflatten;

pub use activation::*;
pub use conv::*;
pub use norm::*;
pub use pad::*;
pub use pool::*;

crate::build::modules! {
    register;
    dropout: Dropout, DropoutOptions;
    flatten: Flatten, FlattenOptions;
    identity: Identity;
    linear: Linear, LinearOptions;
    log_softmax: LogSoftmax;
    softmax: Softmax, SoftmaxOptions;
    unflatten: Unflatten;
}
