//! Linear algebra on tensors and variables, as `torch.linalg`.
//!
//! All take batches of matrices, `[…, m, n]`, of `F32` or `F64`, and have torch's derivatives, of any order.
//! They compute in float64 on one thread: see [`tensor::lapack`].
//!
//! ```
//! use autograd::{Variable, linalg};
//!
//! let a = Variable::new([[2.0f64, 1.0], [1.0, 3.0]]).requires_grad_(true);
//! let x = linalg::solve(&a, &Variable::new([3.0f64, 5.0]));
//! assert!((x.select(0, 0).item() - 0.8).abs() < 1e-15);
//! x.sum().backward();
//! let svd = linalg::svd(&a.data(), false); // of a tensor
//! assert_eq!(svd.s.shape(), [2]);
//! ```

mod det;
mod eigh;
mod lstsq;
mod matrix_exp;
mod norms;
mod pinv;
mod products;
mod qr;
mod solve;
mod svd;

pub use det::{det, slogdet};
pub use eigh::{eigh, eigvalsh};
pub use lstsq::{Lstsq, lstsq};
pub use matrix_exp::{matrix_exp, matrix_power};
pub use norms::{
    MatrixNorm, MatrixNormOptions, VectorNormOptions, cond, cond_with, matrix_norm, matrix_norm_with, norm,
    vector_norm, vector_norm_with,
};
pub use pinv::{matrix_rank, matrix_rank_with, pinv, pinv_with};
pub use products::{Contracted, cholesky, cross, multi_dot, tensordot};
pub use qr::{qr, qr_with};
pub use solve::{inv, solve};
pub use svd::{svd, svdvals};
pub use tensor::lapack::{Eigh, Qr, QrMode, Slogdet, Svd, Tolerance, UpLo};

use crate::Differentiable;
use tensor::Tensor;

/// `xᵀ` of each matrix.
fn mt<V: Differentiable>(x: &V) -> V {
    x.transpose(-2, -1)
}

/// The identity in `x`'s dtype.
fn eye<V: Differentiable>(n: usize, x: &V) -> V {
    V::constant(tensor::eye(n).to_dtype(x.value().dtype()))
}

/// The shape of `x`.
fn shape<V: Differentiable>(x: &V) -> Vec<usize> {
    x.value().shape().to_vec()
}

/// Size of an axis counted from the last.
fn size<V: Differentiable>(x: &V, dim: isize) -> usize {
    Tensor::size(&x.value(), dim)
}
