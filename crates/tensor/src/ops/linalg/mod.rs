//! Products of matrices and vectors.

mod dot;
mod linear;
mod matmul;
