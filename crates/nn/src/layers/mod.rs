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
pub(crate) mod vision;

pub use activation::*;
pub use conv::*;
pub use norm::*;
pub use pad::*;
pub use pool::*;
pub use vision::*;

use crate::Module;

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

/// Refuses parameters and buffers that have not the shape that goes with their name.
fn check_shapes(layer: &dyn Module, shape: impl Fn(&str) -> Vec<usize>) -> Result<(), String> {
    let members = layer.members();
    let parameters = members.parameters().map(|(name, parameter)| (name, parameter.shape()));
    let buffers = members.buffers().map(|(name, buffer)| (name, buffer.shape()));
    for (name, found) in parameters.chain(buffers) {
        let expected = shape(name);
        if found != expected {
            return Err(format!("{name} has shape {found:?} instead of {expected:?}"));
        }
    }
    Ok(())
}
