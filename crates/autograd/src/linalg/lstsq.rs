use tensor::Tensor;
use tensor::lapack::Tolerance;

use super::{matrix_rank, pinv_with, shape, size};
use crate::Differentiable;

/// What [`lstsq`] gives. torch's `residuals` and `singular_values` are empty with this driver.
#[derive(Clone, Debug)]
pub struct Lstsq<V> {
    /// `X`, of all that are as good the shortest.
    pub solution: V,
    /// The rank of each matrix.
    pub rank: Tensor,
}

/// `X` for which `A·X − B` is shortest, as `torch.linalg.lstsq` with its default driver on a processor,
/// `gelsy`: `A: […, m, n]`, `B: […, m, k]`, or a vector `[…, m]` where `A` has an axis more.
///
/// ```
/// use autograd::linalg;
/// use tensor::Tensor;
/// let a = Tensor::from([[1.0f64, 0.0], [1.0, 1.0], [1.0, 2.0]]); // a line through three points
/// let b = Tensor::from([[1.0f64], [2.0], [4.0]]);
/// let found = linalg::lstsq(&a, &b);
/// let expected = Tensor::from([[5.0 / 6.0], [1.5]]);
/// assert!(found.solution.allclose(&expected, 1e-14, 0.0));
/// assert_eq!(found.rank.item(), 2.0);
/// ```
///
/// # Panics
/// If the shapes do not fit or a number is not finite; on all but `F32` and `F64`.
#[track_caller]
pub fn lstsq<V: Differentiable>(a: &V, b: &V) -> Lstsq<V> {
    const OP: &str = "torch.linalg.lstsq";
    let (of_a, of_b) = (shape(a), shape(b));
    assert!(of_a.len() >= 2, "{OP}: input must have at least 2 dimensions.");
    assert!(!of_b.is_empty(), "{OP}: other must have at least 1 dimension.");
    let vector = of_b.len() + 1 == of_a.len();
    let columns = if vector { b.unsqueeze(-1) } else { b.clone() };
    assert!(
        size(a, -2) == size(&columns, -2),
        "{OP}: input.size({}) should match other.size({})",
        -2,
        if vector { -1 } else { -2 }
    );
    let solution = pinv_with(a, Tolerance::default()).matmul(&columns);
    let solution = if vector { solution.select(-1, 0) } else { solution };
    Lstsq { solution, rank: matrix_rank(a) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::{gradchecks, numbers};

    #[test]
    fn gradients_match_finite_differences() {
        for (a, b) in [(&[4, 2][..], &[4, 3][..]), (&[2, 4], &[2, 1]), (&[2, 3, 2], &[2, 3]), (&[3, 2], &[3])]
        {
            gradchecks(|x| lstsq(&x[0], &x[1]).solution, &[numbers(a), numbers(b)]);
        }
    }

    #[test]
    #[should_panic(expected = "torch.linalg.lstsq: input.size(-2) should match other.size(-2)")]
    fn there_is_a_row_for_each_equation() {
        lstsq(&tensor::ones([3, 2]), &tensor::ones([4, 1]));
    }
}
