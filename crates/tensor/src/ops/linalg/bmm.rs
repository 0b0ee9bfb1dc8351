use super::linear::{from_start, plus};
use crate::Tensor;

impl Tensor {
    /// The product of each pair of matrices of two batches, as `torch.bmm`: `A: [b, m, k]`, `B: [b, k, n]`,
    /// `Y: [b, m, n]`. [`Tensor::matmul`] does the same, and broadcasts.
    ///
    /// ```
    /// use tensor::{ones, zeros};
    /// assert_eq!(ones([2, 1, 3]).bmm(&ones([2, 3, 1])).to_vec::<f32>(), [3.0, 3.0]);
    /// assert_eq!(zeros([5, 3, 4]).bmm(&zeros([5, 4, 2])).shape(), [5, 3, 2]);
    /// ```
    ///
    /// # Panics
    /// If either is not of 3 axes, if the shapes do not fit, or the dtypes differ.
    #[track_caller]
    pub fn bmm(&self, other: &Tensor) -> Tensor {
        batches("bmm", self, other);
        self.matmul(other)
    }

    /// `self + A·B` for batches of matrices, as `torch.baddbmm`: `A: [b, m, k]`, `B: [b, k, n]`, and this
    /// tensor broadcast to `[b, m, n]`.
    ///
    /// ```
    /// use tensor::{Tensor, ones};
    /// let y = Tensor::from([1.0f32, 2.0]).baddbmm(&ones([2, 1, 4]), &ones([2, 4, 2]));
    /// assert_eq!(y.to_vec::<f32>(), [5.0, 6.0, 5.0, 6.0]);
    /// ```
    ///
    /// # Panics
    /// If the shapes do not fit or the dtypes differ.
    #[track_caller]
    pub fn baddbmm(&self, a: &Tensor, b: &Tensor) -> Tensor {
        batches("baddbmm", a, b);
        assert!(
            self.dtype == a.dtype && a.dtype == b.dtype,
            "baddbmm: Input dtypes must be the same, got: input {}, batch1: {}, batch2: {}",
            self.dtype,
            a.dtype,
            b.dtype
        );
        from_start(self, a, b).unwrap_or_else(|| plus(a.matmul(b), Some(self)))
    }
}

/// Refuses what is not two batches of matrices that can be multiplied, in torch's words.
#[track_caller]
fn batches(op: &str, a: &Tensor, b: &Tensor) {
    let &[n, _, k] = a.shape() else { panic!("{op}: batch1 must be a 3D tensor, got {:?}", a.shape()) };
    let &[m, l, _] = b.shape() else { panic!("{op}: batch2 must be a 3D tensor, got {:?}", b.shape()) };
    assert!(
        [n, k] == [m, l],
        "{op}: Expected size for first two dimensions of batch2 tensor to be: [{n}, {k}] but got: [{m}, {l}]."
    );
}

#[cfg(test)]
mod tests {
    use crate::{DType, zeros};

    #[test]
    #[should_panic(expected = "bmm: batch1 must be a 3D tensor, got [3, 4]")]
    fn a_matrix_is_no_batch() {
        zeros([3, 4]).bmm(&zeros([2, 4, 3]));
    }

    #[test]
    #[should_panic(
        expected = "Expected size for first two dimensions of batch2 tensor to be: [1, 4] but got: [2, 4]."
    )]
    fn batches_do_not_broadcast() {
        zeros([1, 3, 4]).bmm(&zeros([2, 4, 3]));
    }

    #[test]
    #[should_panic(expected = "got: input torch.float64, batch1: torch.float32, batch2: torch.float32")]
    fn what_is_added_has_the_dtype() {
        zeros(5).to_dtype(DType::F64).baddbmm(&zeros([2, 3, 4]), &zeros([2, 4, 5]));
    }
}
