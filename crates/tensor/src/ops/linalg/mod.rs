//! Products of matrices and vectors, and what is solved by them.

mod bilinear;
mod bmm;
mod cholesky;
mod dot;
mod linear;
mod matmul;
mod products;
mod solve_triangular;

pub use solve_triangular::SolveTriangularOptions;
