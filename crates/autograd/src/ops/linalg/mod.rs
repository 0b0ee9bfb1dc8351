//! Products of vectors and matrices.

mod addmm;
mod dot;
mod linear;
mod matmul;

pub use linear::linear;
