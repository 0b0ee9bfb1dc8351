//! The layers, one file each; activations are rows of the table in `activation`.

mod activation;
mod dropout;
mod flatten;
mod identity;
mod linear;
mod log_softmax;
mod pad;
mod pool;
mod softmax;
mod unflatten;

pub use activation::*;
pub use dropout::{Dropout, DropoutOptions};
pub use flatten::{Flatten, FlattenOptions};
pub use identity::Identity;
pub use linear::{Linear, LinearOptions};
pub use log_softmax::LogSoftmax;
pub use pad::*;
pub use pool::*;
pub use softmax::{Softmax, SoftmaxOptions};
pub use unflatten::Unflatten;

use crate::{Registry, Sequential};

/// Every layer that a file can name without the user's help.
pub(crate) fn register(registry: &mut Registry) {
    activation::register(registry);
    pad::register(registry);
    pool::register(registry);
    registry.register::<Dropout>();
    registry.register::<Flatten>();
    registry.register::<Identity>();
    registry.register::<Linear>();
    registry.register::<LogSoftmax>();
    registry.register::<Sequential>();
    registry.register::<Softmax>();
    registry.register::<Unflatten>();
}
