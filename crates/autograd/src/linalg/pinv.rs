use tensor::lapack::{Tolerance, UpLo};
use tensor::{DType, Tensor};

use super::mt;
use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable};

/// The pseudoinverse of each matrix, as `torch.linalg.pinv`. Its gradient is right where small changes leave
/// the rank as it is.
///
/// ```
/// use autograd::linalg;
/// use tensor::Tensor;
/// let a = Tensor::from([[1.0f64, 0.0], [0.0, 0.0], [0.0, 2.0]]);
/// let expected = Tensor::from([[1.0f64, 0.0, 0.0], [0.0, 0.0, 0.5]]);
/// assert!(linalg::pinv(&a).allclose(&expected, 1e-15, 1e-15));
/// ```
///
/// # Panics
/// If there are fewer than two axes or a number is not finite; on all but `F32` and `F64`.
#[track_caller]
pub fn pinv<V: Differentiable>(a: &V) -> V {
    pinv_with(a, Tolerance::default())
}

/// [`pinv`] with torch's options.
///
/// # Panics
/// As [`pinv`].
#[track_caller]
pub fn pinv_with<V: Differentiable>(a: &V, tolerance: Tolerance) -> V {
    a.through(Pinv { tolerance })
}

/// How many singular values of each matrix are not 0, `I64`, as `torch.linalg.matrix_rank`.
///
/// ```
/// use autograd::linalg;
/// assert_eq!(linalg::matrix_rank(&tensor::ones([3, 3])).item(), 1.0);
/// ```
///
/// # Panics
/// As [`pinv`].
#[track_caller]
pub fn matrix_rank<V: Differentiable>(a: &V) -> Tensor {
    matrix_rank_with(a, Tolerance::default())
}

/// [`matrix_rank`] with torch's options.
///
/// # Panics
/// As [`pinv`].
#[track_caller]
pub fn matrix_rank_with<V: Differentiable>(a: &V, tolerance: Tolerance) -> Tensor {
    let a = a.value();
    assert!(
        a.ndim() >= 2,
        "torch.linalg.matrix_rank: The input tensor input must have at least 2 dimensions."
    );
    let s = match tolerance.hermitian {
        true => tensor::lapack::eigvalsh(&a, UpLo::L).abs(),
        false => tensor::lapack::svdvals(&a),
    };
    s.gt(&tolerance.bound(&a, &s)).to_dtype(DType::I64).sum_dim(-1, false)
}

impl Variable {
    /// The pseudoinverse of each matrix: [`pinv`] as a method.
    ///
    /// # Panics
    /// As [`pinv`].
    #[doc(alias = "pinv")]
    #[track_caller]
    pub fn pinverse(&self) -> Variable {
        pinv(self)
    }
}

struct Pinv {
    tolerance: Tolerance,
}

impl Op for Pinv {
    describe!("LinalgPinvBackward0");

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.input(0);
        save.output(0);
        tensor::lapack::pinv(&x[0], self.tolerance).into()
    }

    /// `dA = (1 − A·P)·G·P·Pᵀ + Pᵀ·P·G·(1 − P·A) − (P·G·P)ᵀ`, with `P` the pseudoinverse and `G` the
    /// transpose of its gradient (Golub & Pereyra, *SIAM J. Numer. Anal.* 10, 1973).
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let (a, p) = (&saved[0], &saved[1]);
        let (pt, gt) = (mt(p), mt(&dy.single()));
        let turned = mt(&p.matmul(&gt).matmul(p));
        let left = gt.matmul(p).matmul(&pt);
        let left = left.clone() - &a.matmul(&p.matmul(&left));
        let right = pt.matmul(p).matmul(&gt);
        let right = right.clone() - &right.matmul(p).matmul(a);
        (left + &right - &turned).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::{gradchecks, numbers};

    #[test]
    fn gradients_match_finite_differences() {
        for shape in [&[3, 3][..], &[4, 2], &[2, 4], &[2, 3, 2]] {
            gradchecks(|x| pinv(&x[0]), &[numbers(shape)]);
        }
        // Of a rank that stays.
        let factors = [numbers(&[4, 2]), numbers(&[2, 3]) + 0.5];
        let some = Tolerance { rtol: Some(1e-6), ..Default::default() };
        gradchecks(|x| pinv_with(&x[0].matmul(&x[1]), some), &factors);
        let symmetric = Tolerance { hermitian: true, ..Default::default() };
        gradchecks(|x| pinv_with(&(&x[0] + x[0].t()), symmetric), &[numbers(&[3, 3])]);
    }

    #[test]
    fn ranks_are_counted_as_in_torch() {
        let a = Tensor::from([[1.0f32, 0.0], [0.0, 1e-8]]);
        let rank = |tolerance: Tolerance| matrix_rank_with(&a, tolerance).item();
        let at = |atol: Option<f64>, rtol: Option<f64>| rank(Tolerance { atol, rtol, ..Default::default() });
        assert_eq!([at(None, None), at(Some(1e-9), None), at(Some(1e-9), Some(1e-7))], [1.0, 2.0, 1.0]);
        assert_eq!(rank(Tolerance { hermitian: true, ..Default::default() }), 1.0);
        assert_eq!(matrix_rank(&tensor::zeros([2, 0, 3])).to_vec::<i64>(), [0, 0]);
    }
}
