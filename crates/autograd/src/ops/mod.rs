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
pub use loss::*;
