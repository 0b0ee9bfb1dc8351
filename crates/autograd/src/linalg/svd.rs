use tensor::Tensor;
use tensor::lapack::Svd;

use super::{eye, mt, size};
use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver};

/// `A = U·diag(S)·Vh` for each matrix, the largest singular value first, as `torch.linalg.svd`. With
/// `full_matrices`, torch's default, `U` and `Vh` are square, else `U: [m, k]`, `Vh: [k, n]`, `k` the smaller
/// of both sizes. The gradients of `U` and `Vh` are finite only where no two singular values are equal, and
/// for a function that does not depend on the signs of their columns.
///
/// ```
/// use autograd::linalg;
/// use tensor::Tensor;
/// let a = Tensor::from([[3.0f64, 0.0], [4.0, 5.0]]);
/// let linalg::Svd { u, s, vh } = linalg::svd(&a, false);
/// assert!((u * s).matmul(&vh).allclose(&a, 1e-13, 1e-13));
/// ```
///
/// # Panics
/// If there are fewer than two axes or a number is not finite; on all but `F32` and `F64`.
#[track_caller]
pub fn svd<V: Differentiable>(a: &V, full_matrices: bool) -> Svd<V> {
    let [u, s, vh] = V::through_several(&[a], Decompose { full_matrices }).array();
    Svd { u, s, vh }
}

/// The singular values of each matrix, the largest first, as `torch.linalg.svdvals`; `dA = U·diag(dS)·Vh`.
///
/// # Panics
/// As [`svd`].
#[track_caller]
pub fn svdvals<V: Differentiable>(a: &V) -> V {
    svd(a, false).s
}

struct Decompose {
    full_matrices: bool,
}

impl Op for Decompose {
    describe!("LinalgSvdBackward0");

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        (0..3).for_each(|j| save.output(j));
        let Svd { u, s, vh } = tensor::lapack::svd(&x[0], self.full_matrices);
        [u, s, vh].into()
    }

    /// With `E = Sⱼ² − Sᵢ²` and `skew(X) = X − Xᵀ`,
    /// `dA = U·[(skew(Uᵀ·dU)·S + S·skew(Vᵀ·dV)) / E + diag(dS)]·Vh`, and what of `dU` or `dV` lies outside of
    /// the columns that there are. What `full_matrices` adds takes no part, as in torch.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let s = &saved[1];
        let k = size(s, -1);
        let [du, ds, dvh] = dy.array();
        let (u, vh) = (&saved[0].narrow(-1, 0, k), &saved[2].narrow(-2, 0, k));
        let (m, n) = (size(u, -2), size(vh, -1));
        let (du, dvh) = (du.map(|du| du.narrow(-1, 0, k)), dvh.map(|dvh| dvh.narrow(-2, 0, k)));
        let one = eye(k, s);
        let (row, column) = (s.unsqueeze(-2), s.unsqueeze(-1));
        let skew = |x: V| x.clone() - &mt(&x);
        let apart = || {
            let squares = row.clone() * &row;
            squares - &(column.clone() * &column) + &one
        };
        let of_u = du.as_ref().map(|du| skew(mt(u).matmul(du)) * &row);
        let of_v = dvh.as_ref().map(|dvh| skew(vh.matmul(&mt(dvh))) * &column);
        let turned = match (of_u, of_v) {
            (Some(of_u), Some(of_v)) => Some(of_u + &of_v),
            (of_u, of_v) => of_u.or(of_v),
        };
        let turned = turned.map(|turned| turned / &apart());
        let stretched = ds.map(|ds| one.clone() * &ds.unsqueeze(-2));
        let inside = match (turned, stretched) {
            (Some(turned), Some(stretched)) => turned + &stretched,
            (turned, stretched) => turned.or(stretched).expect("a gradient has arrived"),
        };
        let da = u.matmul(&inside).matmul(vh);
        let outside = |x: V, basis: &V| x.clone() - &basis.matmul(&mt(basis).matmul(&x));
        match (du, dvh) {
            (Some(du), _) if m > k => (da + &outside(du / &row, u).matmul(vh)).into(),
            (_, Some(dvh)) if n > k => (da + &u.matmul(&mt(&outside(mt(&(dvh / &column)), &mt(vh))))).into(),
            _ => da.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Variable;
    use crate::gradcheck::{gradchecks, numbers};

    #[test]
    fn gradients_match_finite_differences() {
        for shape in [&[3, 3][..], &[4, 2], &[2, 4], &[2, 3, 2]] {
            let x = numbers(shape);
            gradchecks(|x| svdvals(&x[0]), &[x.clone()]);
            for full in [false, true] {
                let k = shape[shape.len() - 1].min(shape[shape.len() - 2]);
                let parts = |x: &Variable| {
                    let Svd { u, s, vh } = svd(x, full);
                    (u.narrow(-1, 0, k), s, vh.narrow(-2, 0, k))
                };
                // Whatever the signs of the vectors are.
                gradchecks(|x| parts(&x[0]).0.square(), &[x.clone()]);
                gradchecks(|x| parts(&x[0]).2.square(), &[x.clone()]);
                let all = |x: &Variable| {
                    let (u, s, vh) = parts(x);
                    (u * s.exp().unsqueeze(-2)).matmul(&vh)
                };
                gradchecks(|x| all(&x[0]), &[x.clone()]);
            }
        }
    }
}
