//! Products of vectors and matrices, and what is solved by them.

mod addmm;
mod bilinear;
mod bmm;
mod cholesky;
mod dot;
mod einsum;
mod linear;
mod matmul;
mod solve_triangular;

pub use bilinear::bilinear;
pub use einsum::einsum;
pub use linear::linear;
pub(crate) use solve_triangular::SolveTriangular;
