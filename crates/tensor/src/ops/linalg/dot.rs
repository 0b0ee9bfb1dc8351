use crate::Tensor;
use crate::error::shape_mismatch;

impl Tensor {
    /// `Σ xᵢyᵢ` of two vectors.
    ///
    /// ```
    /// use tensor::Tensor;
    /// assert_eq!(Tensor::from([1i64, 2]).dot(&Tensor::from([3i64, 4])).item(), 11.0);
    /// ```
    ///
    /// # Panics
    /// If they are not vectors of one length and dtype.
    #[track_caller]
    pub fn dot(&self, other: &Tensor) -> Tensor {
        if self.ndim() != 1 || other.ndim() != 1 {
            shape_mismatch("dot", "1D tensors expected", self, other);
        }
        if self.shape() != other.shape() {
            shape_mismatch("dot", "inconsistent tensor size", self, other);
        }
        self.matmul(other)
    }

    /// `xᵢyⱼ` for every pair of elements of two vectors, `[n, m]`.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let y = Tensor::from([1i64, 2]).outer(&Tensor::from([3i64, 4, 5]));
    /// assert_eq!(y.to_vec::<i64>(), [3, 4, 5, 6, 8, 10]);
    /// ```
    ///
    /// # Panics
    /// If they are not vectors.
    #[track_caller]
    pub fn outer(&self, other: &Tensor) -> Tensor {
        if self.ndim() != 1 || other.ndim() != 1 {
            shape_mismatch("outer", "1D tensors expected", self, other);
        }
        self.unsqueeze(1).mul(other)
    }
}
