use tensor::Tensor;
use tensor::lapack::{Eigh, UpLo};

use super::{eye, mt, size};
use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver};

/// Eigenvalues, the smallest first, and eigenvectors of each symmetric matrix, of which one triangle is read,
/// as `torch.linalg.eigh`; torch's default is [`UpLo::L`]. The gradient is that of a symmetric matrix, as
/// torch's. The eigenvectors' is finite only where no two eigenvalues are equal.
///
/// ```
/// use autograd::linalg::{self, UpLo};
/// use tensor::Tensor;
/// let a = Tensor::from([[2.0f64, 1.0], [1.0, 2.0]]);
/// let linalg::Eigh { eigenvalues, eigenvectors } = linalg::eigh(&a, UpLo::L);
/// assert!(eigenvalues.allclose(&Tensor::from([1.0f64, 3.0]), 1e-14, 0.0));
/// assert_eq!(eigenvectors.shape(), [2, 2]);
/// ```
///
/// # Panics
/// If a matrix is not square; on all but `F32` and `F64`.
#[track_caller]
pub fn eigh<V: Differentiable>(a: &V, uplo: UpLo) -> Eigh<V> {
    let [eigenvalues, eigenvectors] = V::through_several(&[a], Decompose { uplo }).array();
    Eigh { eigenvalues, eigenvectors }
}

/// The eigenvalues alone, as `torch.linalg.eigvalsh`.
///
/// # Panics
/// As [`eigh`].
#[track_caller]
pub fn eigvalsh<V: Differentiable>(a: &V, uplo: UpLo) -> V {
    eigh(a, uplo).eigenvalues
}

struct Decompose {
    uplo: UpLo,
}

impl Op for Decompose {
    describe!("LinalgEighBackward0");

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.output(0);
        save.output(1);
        let Eigh { eigenvalues, eigenvectors } = tensor::lapack::eigh(&x[0], self.uplo);
        [eigenvalues, eigenvectors].into()
    }

    /// `dA = Q·(X / (Lⱼ − Lᵢ) + diag(dL))·Qᵀ`, where `X` is the antisymmetric part of `Qᵀ·dQ`.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let (l, q) = (&saved[0], &saved[1]);
        let [dl, dq] = dy.array();
        let one = eye(size(q, -1), q);
        let diagonal = dl.map(|dl| one.clone() * &dl.unsqueeze(-2));
        let off = dq.map(|dq| {
            let apart = l.unsqueeze(-2) - &l.unsqueeze(-1) + &one;
            let turned = mt(q).matmul(&dq);
            (turned.clone() - &mt(&turned)) * 0.5 / &apart
        });
        let inside = match (diagonal, off) {
            (Some(diagonal), Some(off)) => diagonal + &off,
            (diagonal, off) => diagonal.or(off).expect("a gradient has arrived"),
        };
        q.matmul(&inside).matmul(&mt(q)).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Variable;
    use crate::gradcheck::{gradchecks, numbers};

    #[test]
    fn gradients_match_finite_differences() {
        let symmetric = |x: &Variable| x + x.transpose(-2, -1);
        for shape in [&[3, 3][..], &[2, 2, 2], &[1, 1]] {
            for uplo in [UpLo::L, UpLo::U] {
                let x = numbers(shape);
                gradchecks(|x| eigvalsh(&symmetric(&x[0]), uplo), &[x.clone()]);
                // Whatever the signs of the eigenvectors are.
                gradchecks(|x| eigh(&symmetric(&x[0]), uplo).eigenvectors.square(), &[x.clone()]);
                let both = |x: &Variable| {
                    let Eigh { eigenvalues, eigenvectors } = eigh(&symmetric(x), uplo);
                    eigenvectors.square() * eigenvalues.unsqueeze(-2).exp()
                };
                gradchecks(|x| both(&x[0]), &[x]);
            }
        }
    }
}
