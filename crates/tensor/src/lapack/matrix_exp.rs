use super::batch::Batch;
use crate::{Tensor, cat, eye};

/// The exponential `Σ Aᵏ/k!` of each matrix, as `torch.linalg.matrix_exp`; as a method it is
/// [`Tensor::matrix_exp`].
///
/// # Panics
/// If a matrix is not square; on all but `F32` and `F64`.
#[track_caller]
pub fn matrix_exp(a: &Tensor) -> Tensor {
    let batch = Batch::square("linalg.matrix_exp", a);
    let n = batch.rows;
    let exp = |a: &[f64]| exp(&Tensor::from_vec(a.to_vec(), [n, n]));
    let all: Vec<Tensor> = batch.iter().map(exp).collect();
    let all = if all.is_empty() { Vec::new() } else { cat(&all, 0).to_vec::<f64>() };
    batch.result(all, &[n, n])
}

/// Taylor's series where the matrix is small; elsewhere that of a small part, squared as often as it was
/// halved.
fn exp(a: &Tensor) -> Tensor {
    /// With a norm of at most ½ the next term is less than 1e-19.
    const TERMS: u32 = 16;
    let norm = if a.numel() == 0 { 0.0 } else { a.abs().sum_dim(0, false).max().item() };
    if !norm.is_finite() {
        return a * f64::NAN;
    }
    let halvings = if norm > 0.5 { (norm.log2() + 1.0).ceil() as i32 } else { 0 };
    let small = a / 2f64.powi(halvings);
    let one = eye(a.size(0)).to_dtype(a.dtype());
    let mut y = one.clone();
    for k in (1..=TERMS).rev() {
        y = &one + small.matmul(&y) / f64::from(k);
    }
    (0..halvings).fold(y, |y, _| y.matmul(&y))
}

impl Tensor {
    /// The exponential of each matrix.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let turn = Tensor::from([[0.0f64, -1.0], [1.0, 0.0]]) * std::f64::consts::PI;
    /// assert!(turn.matrix_exp().allclose(&(tensor::eye(2) * -1.0).to_dtype(turn.dtype()), 1e-14, 1e-14));
    /// ```
    ///
    /// # Panics
    /// As [`matrix_exp`].
    #[track_caller]
    pub fn matrix_exp(&self) -> Tensor {
        matrix_exp(self)
    }
}
