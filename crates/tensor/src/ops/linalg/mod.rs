//! Products of matrices and vectors.

mod bilinear;
mod bmm;
mod dot;
mod linear;
mod matmul;
