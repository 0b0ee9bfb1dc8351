//! Products of vectors and matrices.

mod addmm;
mod bilinear;
mod bmm;
mod dot;
mod einsum;
mod linear;
mod matmul;

pub use bilinear::bilinear;
pub use einsum::einsum;
pub use linear::linear;
