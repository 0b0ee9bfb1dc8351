use super::svd::{Svd, svd};
use super::{UpLo, eigh};
use crate::{DType, Tensor};

/// Below which singular values count as 0, for [`pinv`] and what else asks for the rank: `max(atol, rtol·σ)`,
/// σ the largest of the matrix.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tolerance {
    /// Default 0.
    pub atol: Option<f64>,
    /// Default `max(m, n)·ε` of the dtype, or 0 with an `atol` above 0.
    pub rtol: Option<f64>,
    /// Whether the matrix is symmetric: then its lower triangle is read, and its eigenvalues are taken
    /// instead, which is quicker. Default no.
    pub hermitian: bool,
}

impl Tolerance {
    /// `[…, 1]`: the bound of each matrix of `a`, whose singular values are `s`.
    #[doc(hidden)]
    pub fn bound(&self, a: &Tensor, s: &Tensor) -> Tensor {
        let epsilon = if a.dtype() == DType::F32 { f64::from(f32::EPSILON) } else { f64::EPSILON };
        let atol = self.atol.unwrap_or(0.0);
        let default = if atol > 0.0 { 0.0 } else { a.size(-2).max(a.size(-1)) as f64 * epsilon };
        if s.size(-1) == 0 {
            return s.sum_dim(-1, true);
        }
        (s.amax(-1, true) * self.rtol.unwrap_or(default)).clamp(Some(atol), None)
    }
}

/// The pseudoinverse of each matrix (Moore 1920, Penrose 1955), as `torch.linalg.pinv`; as a method it is
/// [`Tensor::pinverse`].
///
/// # Panics
/// If there are fewer than two axes or a number is not finite; on all but `F32` and `F64`.
#[track_caller]
pub fn pinv(a: &Tensor, tolerance: Tolerance) -> Tensor {
    let (u, s, v) = if tolerance.hermitian {
        let of = eigh(a, UpLo::L);
        (of.eigenvectors.clone(), of.eigenvalues, of.eigenvectors)
    } else {
        let Svd { u, s, vh } = svd(a, false);
        (u, s, vh.transpose(-2, -1))
    };
    let size = s.abs();
    let zero = size.le(&tolerance.bound(a, &size));
    let inverse = (1.0 / s).masked_fill(&zero, 0.0);
    (v * inverse.unsqueeze(-2)).matmul(&u.transpose(-2, -1))
}

impl Tensor {
    /// The pseudoinverse of each matrix, as `torch.linalg.pinv`.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let a = Tensor::from([[1.0f64, 0.0], [0.0, 0.0], [0.0, 2.0]]);
    /// let expected = Tensor::from([[1.0f64, 0.0, 0.0], [0.0, 0.0, 0.5]]);
    /// assert!(a.pinverse().allclose(&expected, 1e-15, 1e-15));
    /// ```
    ///
    /// # Panics
    /// As [`pinv`].
    #[doc(alias = "pinv")]
    #[track_caller]
    pub fn pinverse(&self) -> Tensor {
        pinv(self, Tolerance::default())
    }
}
