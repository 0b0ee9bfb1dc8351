use tensor::Tensor;

use super::{mt, size};
use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, cat};

/// The exponential `Σ Aᵏ/k!` of each matrix, as `torch.linalg.matrix_exp`.
///
/// ```
/// use autograd::linalg;
/// use tensor::Tensor;
/// let growth = Tensor::from([[0.0f64, 1.0], [0.0, 0.0]]);
/// assert_eq!(linalg::matrix_exp(&growth).to_vec::<f64>(), [1.0, 1.0, 0.0, 1.0]);
/// ```
///
/// # Panics
/// If a matrix is not square; on all but `F32` and `F64`.
#[track_caller]
pub fn matrix_exp<V: Differentiable>(a: &V) -> V {
    a.through(MatrixExp)
}

/// The `n`-th power of each square matrix, as `torch.linalg.matrix_power`; a negative one is that of the
/// inverse.
///
/// ```
/// use autograd::linalg;
/// use tensor::Tensor;
/// let double = Tensor::from([[2.0f32, 0.0], [0.0, 4.0]]);
/// assert_eq!(linalg::matrix_power(&double, -2).to_vec::<f32>(), [0.25, 0.0, 0.0, 0.0625]);
/// ```
///
/// # Panics
/// If a matrix is not square, or `n` is negative and one is singular.
#[track_caller]
pub fn matrix_power<V: Differentiable>(a: &V, n: i64) -> V {
    a.matrix_power(n)
}

impl Variable {
    /// The exponential of each matrix: [`matrix_exp`] as a method.
    ///
    /// # Panics
    /// As [`matrix_exp`].
    #[track_caller]
    pub fn matrix_exp(&self) -> Variable {
        matrix_exp(self)
    }
}

struct MatrixExp;

impl Op for MatrixExp {
    describe!("LinalgMatrixExpBackward0");

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.input(0);
        tensor::lapack::matrix_exp(&x[0]).into()
    }

    /// The upper right of the exponential of `[[Aᵀ, dY], [0, Aᵀ]]` (Al-Mohy & Higham, *SIAM J. Matrix Anal.
    /// Appl.* 30, 2009).
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let (at, n) = (mt(&saved[0]), size(&saved[0], -1));
        let zero = V::constant(at.value().zeros_like());
        let upper = cat(&[at.clone(), dy.single()], -1);
        let all = matrix_exp(&cat(&[upper, cat(&[zero, at], -1)], -2));
        all.narrow(-2, 0, n).narrow(-1, n as isize, n).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::{gradchecks, numbers};

    #[test]
    fn gradients_match_finite_differences() {
        for shape in [&[3, 3][..], &[2, 2, 2], &[1, 1]] {
            gradchecks(|x| matrix_exp(&x[0]), &[numbers(shape) * 2.0]);
            for n in [0, 1, 2, 3, -1, -2] {
                let x = numbers(shape) + tensor::eye(shape[shape.len() - 1]) * 2.0;
                gradchecks(|x| matrix_power(&x[0], n), &[x]);
            }
        }
    }
}
