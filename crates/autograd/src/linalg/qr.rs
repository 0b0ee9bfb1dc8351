use tensor::lapack::{Qr, QrMode};
use tensor::{SolveTriangularOptions, Tensor};

use super::{eye, mt, size};
use crate::op::describe;
use crate::ops::linalg::SolveTriangular;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver};

/// `A = Q·R` for each matrix, `Q: [m, k]`, `R: [k, n]`, `k` the smaller of both sizes, as `torch.linalg.qr`.
///
/// ```
/// use autograd::linalg;
/// use tensor::Tensor;
/// let a = Tensor::from([[3.0f64, 1.0], [4.0, 2.0]]);
/// let linalg::Qr { q, r } = linalg::qr(&a);
/// assert!(q.matmul(&r).allclose(&a, 1e-14, 1e-14));
/// ```
///
/// # Panics
/// If there are fewer than two axes; on all but `F32` and `F64`.
#[track_caller]
pub fn qr<V: Differentiable>(a: &V) -> Qr<V> {
    qr_with(a, QrMode::Reduced)
}

/// [`qr`] with all columns, if the mode asks for them; then a matrix of more rows than columns has no
/// gradient.
///
/// # Panics
/// As [`qr`].
#[track_caller]
pub fn qr_with<V: Differentiable>(a: &V, mode: QrMode) -> Qr<V> {
    let [q, r] = V::through_several(&[a], Decompose { mode }).array();
    Qr { q, r }
}

struct Decompose {
    mode: QrMode,
}

impl Op for Decompose {
    describe!("LinalgQrBackward0");

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.output(0);
        save.output(1);
        let Qr { q, r } = tensor::lapack::qr(&x[0], self.mode);
        [q, r].into()
    }

    /// `G = dR·Rᵀ − Qᵀ·dQ`; of its triangle the symmetric or, where there are more columns than rows, the
    /// antisymmetric matrix with half the diagonal, times `Q`, and what `R` is solved for then.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let (q, r) = (&saved[0], &saved[1]);
        let (m, k, n) = (size(q, -2), size(q, -1), size(r, -1));
        assert!(
            k <= n,
            "linalg.qr: The QR decomposition is not differentiable when mode='complete' and nrows > ncols"
        );
        let [dq, dr] = dy.array();
        let of_r = dr.as_ref().map(|dr| dr.matmul(&mt(r)));
        let of_q = dq.as_ref().map(|dq| -mt(q).matmul(dq));
        let g = match (of_r, of_q) {
            (Some(of_r), Some(of_q)) => of_r + &of_q,
            (of_r, of_q) => of_r.or(of_q).expect("a gradient has arrived"),
        };
        let right = SolveTriangular(SolveTriangularOptions { left: false, ..Default::default() });
        if m >= n {
            let g = g.triu(0);
            let half = V::constant(tensor::ones([k, k]) - tensor::eye(k) * 0.5).to_dtype(g.value().dtype());
            let mut da = q.matmul(&((g.clone() + &mt(&g)) * &half));
            if let Some(dq) = dq {
                da = da + &dq;
            }
            return V::through_all(&[&mt(r), &da], right).into();
        }
        let square = r.narrow(-1, 0, k);
        let g = -g;
        let da = q.matmul(&(g.clone() - &mt(&g)).tril(0));
        let da = V::through_all(&[&mt(&square), &da], right);
        // Aᵀ's further columns are those of Q·R.
        let widened =
            da.matmul(&(V::constant(tensor::eye(n).narrow(0, 0, k)).to_dtype(eye(1, q).value().dtype())));
        match dr {
            Some(dr) => (widened + &q.matmul(&dr)).into(),
            None => widened.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::{gradchecks, numbers};

    #[test]
    fn gradients_match_finite_differences() {
        for shape in [&[3, 3][..], &[4, 2], &[2, 4], &[2, 3, 2]] {
            let x = numbers(shape) + 0.1;
            gradchecks(|x| qr(&x[0]).q, &[x.clone()]);
            gradchecks(|x| qr(&x[0]).r, &[x.clone()]);
            gradchecks(|x| qr(&x[0]).q.sum() * qr(&x[0]).r, &[x]);
        }
        gradchecks(|x| qr_with(&x[0], QrMode::Complete).r, &[numbers(&[2, 3]) + 0.1]);
    }

    #[test]
    #[should_panic(expected = "not differentiable when mode='complete' and nrows > ncols")]
    fn columns_that_are_anyones_choice_have_no_gradient() {
        let x = crate::Variable::new(tensor::ones([3, 2])).requires_grad_(true);
        qr_with(&x, QrMode::Complete).q.sum().backward();
    }
}
