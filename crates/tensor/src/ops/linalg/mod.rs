//! Products of matrices and vectors.

mod bilinear;
mod dot;
mod linear;
mod matmul;
