//! Products of vectors and matrices.

mod addmm;
mod bilinear;
mod dot;
mod linear;
mod matmul;

pub use bilinear::bilinear;
pub use linear::linear;
