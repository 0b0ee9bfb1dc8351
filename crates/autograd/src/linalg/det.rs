use tensor::Tensor;
use tensor::lapack::Slogdet;

use super::solve::Inv;
use super::{mt, size, svd};
use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable};

/// The determinant of each matrix, as `torch.linalg.det`: `dA = det(A)·A⁻ᵀ·dy`, and for a singular matrix by
/// way of its singular values, where torch gives 0 unless the gradient is recorded.
///
/// ```
/// use autograd::linalg;
/// use tensor::Tensor;
/// assert_eq!(linalg::det(&Tensor::from([[1.0f64, 2.0], [3.0, 4.0]])).item(), -2.0);
/// ```
///
/// # Panics
/// If a matrix is not square; on all but `F32` and `F64`.
#[track_caller]
pub fn det<V: Differentiable>(a: &V) -> V {
    a.through(Det)
}

/// The sign of each determinant, and the logarithm of its magnitude, as `torch.linalg.slogdet`:
/// `dA = A⁻ᵀ·dy`. The sign has no gradient.
///
/// ```
/// use autograd::linalg;
/// use tensor::Tensor;
/// let found = linalg::slogdet(&Tensor::from([[0.0f64, 2.0], [2.0, 0.0]]));
/// assert_eq!((found.sign.item(), found.logabsdet.item()), (-1.0, 4f64.ln()));
/// ```
///
/// # Panics
/// If a matrix is not square; on all but `F32` and `F64`.
#[track_caller]
pub fn slogdet<V: Differentiable>(a: &V) -> Slogdet<V> {
    let [sign, logabsdet] = V::through_several(&[a], LogDet).array();
    Slogdet { sign, logabsdet }
}

impl Variable {
    /// The determinant of each matrix: [`det`] as a method.
    ///
    /// # Panics
    /// As [`det`].
    #[track_caller]
    pub fn det(&self) -> Variable {
        det(self)
    }

    /// The sign of each determinant, and the logarithm of its magnitude: [`slogdet`] as a method.
    ///
    /// # Panics
    /// As [`slogdet`].
    #[track_caller]
    pub fn slogdet(&self) -> Slogdet<Variable> {
        slogdet(self)
    }

    /// The logarithm of the determinant of each matrix: −∞ where it is 0, NaN where it is negative.
    ///
    /// # Panics
    /// As [`slogdet`].
    #[track_caller]
    pub fn logdet(&self) -> Variable {
        let Slogdet { sign, logabsdet } = slogdet(self);
        logabsdet.masked_fill(&sign.data().lt(0.0), f64::NAN)
    }
}

struct Det;

impl Op for Det {
    describe!("LinalgDetBackward0");

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.input(0);
        save.output(0);
        tensor::lapack::det(&x[0]).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let (a, y) = (&saved[0], &saved[1]);
        let last = |x: &V| x.unsqueeze(-1).unsqueeze(-1);
        let singular = y.value().eq(0.0).any().item() != 0.0;
        let cofactors =
            if singular { cofactors(a) } else { mt(&a.through(Inv { checked: false })) * &last(y) };
        (cofactors * &last(&dy.single())).into()
    }
}

/// `det(U)·det(V)·U·diag(Π of the other singular values)·Vᵀ`, which a singular matrix has, too.
fn cofactors<V: Differentiable>(a: &V) -> V {
    let n = size(a, -1);
    let svd = svd(a, false);
    let others: Vec<V> = (0..n)
        .map(|i| {
            let kept: Vec<i64> = (0..n as i64).filter(|&j| j != i as i64).collect();
            svd.s.index_select(-1, &Tensor::from_vec(kept, [n - 1])).prod_dim(&[-1], true)
        })
        .collect();
    let sign = V::constant(tensor::lapack::det(&svd.u.value()) * tensor::lapack::det(&svd.vh.value()));
    let others = V::cat(&others, -1) * &sign.unsqueeze(-1);
    (svd.u * &others.unsqueeze(-2)).matmul(&svd.vh)
}

struct LogDet;

impl Op for LogDet {
    describe!("LinalgSlogdetBackward0");

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.input(0);
        let Slogdet { sign, logabsdet } = tensor::lapack::slogdet(&x[0]);
        [sign, logabsdet].into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let a = &saved[0];
        let [_, dy] = dy.array();
        let dy = dy.unwrap_or_else(|| V::constant(a.value().sum_dim([-2, -1], false).zeros_like()));
        (mt(&a.through(Inv { checked: false })) * &dy.unsqueeze(-1).unsqueeze(-1)).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::{gradchecks, numbers};
    use crate::{grad, gradcheck};

    #[test]
    fn gradients_match_finite_differences() {
        for shape in [&[3, 3][..], &[2, 2, 2], &[1, 1]] {
            let x = numbers(shape) + tensor::eye(shape[shape.len() - 1]) * 2.0;
            gradchecks(|x| det(&x[0]), &[x.clone()]);
            gradchecks(|x| slogdet(&x[0]).logabsdet, &[x.clone()]);
            gradchecks(|x| (&x[0] * &x[0]).logdet(), &[x * 4.0]);
        }
    }

    #[test]
    fn a_singular_matrix_has_its_cofactors() {
        let a = Tensor::from([[1.0f64, 2.0], [2.0, 4.0]]);
        gradcheck(|x| det(&x[0]), &[a.clone()]);
        let x = Variable::new(a).requires_grad_(true);
        let dx = grad(&det(&x), &x).remove(0);
        let expected = Tensor::from([[4.0f64, -2.0], [-2.0, 1.0]]);
        assert!(dx.data().allclose(&expected, 1e-14, 1e-14), "{dx}");
    }
}
