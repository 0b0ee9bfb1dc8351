use crate::dispatch::by_float;
use crate::{DType, Float, Tensor};

impl Tensor {
    /// The lower triangle `L` with `L·Lᵀ = A` of a positive definite matrix, or of each of a batch, as
    /// `torch.linalg.cholesky`. Only the lower triangle of `A` is read.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let a = Tensor::from([[4.0f32, 2.0], [2.0, 5.0]]);
    /// assert_eq!(a.cholesky().to_vec::<f32>(), [2.0, 0.0, 1.0, 2.0]);
    /// ```
    ///
    /// # Panics
    /// If a matrix is not positive definite; if there are fewer than two axes, or the last two differ; on all
    /// but `F32` and `F64`.
    #[track_caller]
    pub fn cholesky(&self) -> Tensor {
        let (l, info) = self.cholesky_ex();
        if let Some((at, minor)) = info.to_vec::<i32>().into_iter().enumerate().find(|(_, minor)| *minor != 0)
        {
            let which = if self.ndim() > 2 { format!("(Batch element {at}): ") } else { String::new() };
            panic!(
                "linalg.cholesky: {which}The factorization could not be completed because the input is not \
                 positive-definite (the leading minor of order {minor} is not positive-definite)."
            );
        }
        l
    }

    /// [`Tensor::cholesky`], and for each matrix, `I32`, the order of the first leading minor that is not
    /// positive definite, 0 if all are: `torch.linalg.cholesky_ex`. What stands in `L` from there on has no
    /// meaning.
    ///
    /// # Panics
    /// If there are fewer than two axes, or the last two differ; on all but `F32` and `F64`.
    #[track_caller]
    pub fn cholesky_ex(&self) -> (Tensor, Tensor) {
        square("linalg.cholesky", self);
        let (n, batch) = (self.size(-1), &self.shape()[..self.ndim() - 2]);
        let mut l = self.tril(0);
        let mut info = crate::zeros_dtype(batch, DType::I32);
        if n > 0 {
            let info = info.make_mut::<i32>();
            by_float!("linalg.cholesky", self, T => {
                for (a, info) in l.slice_mut::<T>().chunks_exact_mut(n * n).zip(info) {
                    *info = factorize(a, n);
                }
            });
        }
        (l, info)
    }
}

/// Refuses what is not a batch of square matrices of floats, in torch's words.
#[track_caller]
pub(super) fn square(op: &str, a: &Tensor) {
    assert!(a.ndim() >= 2, "{op}: The input tensor A must have at least 2 dimensions.");
    let (rows, columns) = (a.size(-2), a.size(-1));
    assert!(
        rows == columns,
        "{op}: A must be batches of square matrices, but they are {rows} by {columns} matrices"
    );
    assert!(
        matches!(a.dtype, DType::F32 | DType::F64),
        "{op}: Expected a floating point or complex tensor as input. Got {}",
        a.dtype
    );
}

/// Column by column, in the place of the lower triangle; the order of the first minor that is not positive,
/// or 0.
fn factorize<T: Float>(a: &mut [T], n: usize) -> i32 {
    for j in 0..n {
        let (above, below) = a.split_at_mut((j + 1) * n);
        let pivot_row = &mut above[j * n..][..n];
        let left = pivot_row[j] - dot(&pivot_row[..j], &pivot_row[..j]);
        // A NaN is not positive either.
        if left.partial_cmp(&T::ZERO) != Some(std::cmp::Ordering::Greater) {
            return j as i32 + 1;
        }
        pivot_row[j] = left.sqrt();
        let over = T::ONE / pivot_row[j];
        for row in below.chunks_exact_mut(n) {
            row[j] = (row[j] - dot(&row[..j], &pivot_row[..j])) * over;
        }
    }
    0
}

fn dot<T: Float>(x: &[T], y: &[T]) -> T {
    x.iter().zip(y).fold(T::ZERO, |sum, (&x, &y)| sum + x * y)
}

#[cfg(test)]
mod tests {
    use crate::{DType, Tensor, eye, stack, zeros};

    #[test]
    #[should_panic(
        expected = "linalg.cholesky: The factorization could not be completed because the input is not positive-definite \
                    (the leading minor of order 2 is not positive-definite)."
    )]
    fn the_leading_minor_is_named() {
        Tensor::from([[1.0f32, 2.0], [2.0, 1.0]]).cholesky();
    }

    #[test]
    #[should_panic(expected = "(Batch element 1): The factorization could not be completed")]
    fn and_the_matrix_of_a_batch() {
        stack(&[eye(2), eye(2) * -1.0], 0).cholesky();
    }

    #[test]
    #[should_panic(expected = "A must be batches of square matrices, but they are 2 by 3 matrices")]
    fn matrices_are_square() {
        zeros([2, 3]).cholesky();
    }

    #[test]
    #[should_panic(expected = "The input tensor A must have at least 2 dimensions.")]
    fn a_vector_is_no_matrix() {
        zeros(3).cholesky();
    }

    #[test]
    #[should_panic(expected = "Expected a floating point or complex tensor as input. Got torch.int64")]
    fn integers_have_no_roots() {
        eye(3).to_dtype(DType::I64).cholesky();
    }

    #[test]
    fn nothing_and_no_matrices_are_factorised() {
        assert_eq!(zeros([0, 0]).cholesky().shape(), [0, 0]);
        assert_eq!(zeros([2, 0, 0]).cholesky_ex().1.to_vec::<i32>(), [0, 0]);
        assert_eq!(zeros([0, 3, 3]).cholesky().shape(), [0, 3, 3]);
        assert_eq!((eye(2) * f64::NAN).cholesky_ex().1.item(), 1.0);
    }
}
