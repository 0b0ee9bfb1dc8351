//! Linear algebra: decompositions of matrices, and what is solved with them, as `torch.linalg`.
//!
//! These compute on plain tensors; `autograd::linalg` has them, and the functions that are made of them, for
//! tensors and variables. All take batches of matrices, `[…, m, n]`, and compute in float64 on one thread,
//! whatever the dtype: `F32` results are those numbers rounded.
//!
//! ```
//! use tensor::{Tensor, lapack};
//!
//! let a = Tensor::from([[2.0f64, 1.0], [1.0, 3.0]]);
//! let x = lapack::solve(&a, &Tensor::from([3.0f64, 5.0]));
//! assert!(x.allclose(&Tensor::from([0.8f64, 1.4]), 1e-15, 1e-15));
//! ```
//!
//! LU and QR have LAPACK's pivots and signs. The signs of eigenvectors and singular vectors are anyone's
//! choice, and LAPACK's cannot be had without LAPACK.

mod batch;
mod eigh;
mod lu;
mod matrix_exp;
mod pinv;
mod qr;
mod svd;

pub use eigh::{Eigh, UpLo, eigh, eigvalsh};
pub use lu::{Slogdet, det, inv, inv_ex, slogdet, solve};
pub use matrix_exp::matrix_exp;
pub use pinv::{Tolerance, pinv};
pub use qr::{Qr, QrMode, qr};
pub use svd::{Svd, svd, svdvals};
