//! The differentiable operations: one file each, the derivative beside the function.

mod activation;
mod elementwise;
mod index;
mod linalg;
mod loss;
mod operators;
mod reduce;
mod shape;

pub use activation::dropout;
pub use linalg::linear;
pub use loss::{
    ClassLossOptions, Reduction, bce_loss, bce_with_logits, cross_entropy, huber_loss, l1_loss, mse_loss,
    nll_loss, smooth_l1_loss,
};
