use tensor::{SolveTriangularOptions, Tensor};

use super::solve_triangular::SolveTriangular;
use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// The lower triangle `L` with `L·Lᵀ = A` of a positive definite matrix, or of each of a batch, as
    /// [`Tensor::cholesky`].
    ///
    /// Only the lower triangle of `A` is read, but the gradient is that of a symmetric matrix, as torch's:
    /// `dA = L⁻ᵀ·S·L⁻¹`, where `S` is half of the lower triangle of `Lᵀ·dL` on both sides of its diagonal.
    ///
    /// # Panics
    /// As [`Tensor::cholesky`].
    #[track_caller]
    pub fn cholesky(&self) -> Variable {
        apply(Cholesky, &[self]).single()
    }
}

struct Cholesky;

impl Op for Cholesky {
    describe!("LinalgCholeskyExBackward0");

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.output(0);
        x[0].cholesky().into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dl: Dy<V>, _: &[bool]) -> Grads<V> {
        let l = &saved[0];
        let lower = l.transpose(-2, -1).matmul(&dl.single()).tril(0);
        let symmetric = (lower.clone() + lower.tril(-1).transpose(-2, -1)) * 0.5;
        let upper = SolveTriangularOptions { upper: true, ..Default::default() };
        let right = SolveTriangularOptions { left: false, ..Default::default() };
        let half = V::through_all(&[&l.transpose(-2, -1), &symmetric], SolveTriangular(upper));
        V::through_all(&[l, &half], SolveTriangular(right)).into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::{gradchecks, numbers};

    #[test]
    fn gradients_match_finite_differences_of_symmetric_matrices() {
        for shape in [&[1, 1][..], &[3, 3], &[2, 2, 2], &[0, 0]] {
            let n = shape[0].max(shape[shape.len() - 1]);
            let eye = Tensor::from(4.0f64) * tensor::eye(n);
            let x = numbers(shape);
            let definite = |x: &crate::Variable| x + x.transpose(-2, -1) + crate::Variable::from(&eye);
            gradchecks(|x| definite(&x[0]).cholesky(), &[x]);
        }
    }
}
