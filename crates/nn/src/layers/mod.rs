//! The layers, one file each; those that differ by one function are rows of a table, as activations are in
//! `activation`, dropouts in `dropout` and softmaxes in `softmax`.

pub(crate) mod activation;
pub(crate) mod attention;
pub(crate) mod conv;
mod dropout;
pub(crate) mod embedding;
mod flatten;
mod identity;
pub(crate) mod lazy;
mod linear;
pub(crate) mod norm;
pub(crate) mod pad;
pub(crate) mod pair;
pub(crate) mod pool;
pub(crate) mod recurrent;
mod softmax;
mod softmax2d;
mod unflatten;
pub(crate) mod vision;

pub use activation::*;
pub use attention::*;
pub use conv::*;
pub use embedding::*;
pub use lazy::*;
pub use norm::*;
pub use pad::*;
pub use pair::*;
pub use pool::*;
pub use recurrent::*;
pub use vision::*;

use crate::Module;

crate::build::modules! {
    register;
    dropout: AlphaDropout;
    dropout: Dropout, DropoutOptions;
    dropout: Dropout1d;
    dropout: Dropout2d;
    dropout: Dropout3d;
    dropout: FeatureAlphaDropout;
    flatten: Flatten, FlattenOptions;
    identity: Identity;
    linear: Linear, LinearOptions;
    softmax: LogSoftmax;
    softmax: Softmax, SoftmaxOptions;
    softmax2d: Softmax2d;
    softmax: Softmin;
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
