use tensor::Tensor;

use super::mt;
use crate::op::{describe, sum_to};
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable};

/// The inverse of each matrix, as `torch.linalg.inv`; `dA = −A⁻ᵀ·dY·A⁻ᵀ`.
///
/// ```
/// use autograd::linalg;
/// use tensor::Tensor;
/// let a = Tensor::from([[2.0f32, 1.0], [1.0, 1.0]]);
/// assert_eq!(linalg::inv(&a).to_vec::<f32>(), [1.0, -1.0, -1.0, 2.0]);
/// ```
///
/// # Panics
/// If a matrix is singular or not square; on all but `F32` and `F64`.
#[track_caller]
pub fn inv<V: Differentiable>(a: &V) -> V {
    a.through(Inv { checked: true })
}

/// `X` with `A·X = B`, as `torch.linalg.solve`: `A: […, n, n]`, `B: […, n, k]`, or vectors `[…, n]` where the
/// axes before are those of `A`, or `B` is one; else what stands before broadcasts. `dB = A⁻ᵀ·dX`,
/// `dA = −dB·Xᵀ`.
///
/// ```
/// use autograd::linalg;
/// use tensor::Tensor;
/// let a = Tensor::from([[2.0f32, 0.0], [0.0, 4.0]]);
/// assert_eq!(linalg::solve(&a, &Tensor::from([1.0f32, 2.0])).to_vec::<f32>(), [0.5, 0.5]);
/// ```
///
/// # Panics
/// If a matrix is singular, the shapes do not fit, or the dtypes differ or are neither `F32` nor `F64`.
#[track_caller]
pub fn solve<V: Differentiable>(a: &V, b: &V) -> V {
    V::through_all(&[a, b], Solve)
}

impl Variable {
    /// The inverse of each matrix: [`inv`] as a method.
    ///
    /// # Panics
    /// As [`inv`].
    #[doc(alias = "inv")]
    #[track_caller]
    pub fn inverse(&self) -> Variable {
        inv(self)
    }
}

/// The inverse, also of a singular matrix, of which it has no meaning, unless it is `checked`.
pub(super) struct Inv {
    pub(super) checked: bool,
}

impl Op for Inv {
    describe!("LinalgInvExBackward0");

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.output(0);
        let y = if self.checked { tensor::lapack::inv(&x[0]) } else { tensor::lapack::inv_ex(&x[0]).0 };
        y.into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let yt = mt(&saved[0]);
        (-yt.matmul(&dy.single()).matmul(&yt)).into()
    }
}

struct Solve;

impl Op for Solve {
    describe!("LinalgSolveExBackward0");

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.input(0);
        save.output_if(save.needs[0], 0);
        tensor::lapack::solve(&x[0], &x[1]).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dx: Dy<V>, needs: &[bool]) -> Grads<V> {
        let (a, dx) = (&saved[0], dx.single());
        // A vector has lost its axis of columns; only then is there one axis less than a matrix has.
        let (sizes, found) = (a.value().shape().to_vec(), dx.value().shape().to_vec());
        let vector = found.len() + 1 == sizes.len();
        let columns = |x: &V| if vector { x.unsqueeze(-1) } else { x.clone() };
        let db = solve(&mt(a), &columns(&dx));
        let da = needs[0].then(|| sum_to(-db.matmul(&mt(&columns(&saved[1]))), saved.shape(0)));
        let db = needs[1].then(|| {
            let db = if vector { db.reshape(&found) } else { db };
            sum_to(db, saved.shape(1))
        });
        [da, db].into()
    }
}

#[cfg(test)]
mod tests {
    use crate::gradcheck::{gradchecks, numbers};

    use super::*;

    fn regular(shape: &[usize]) -> Tensor {
        numbers(shape) + tensor::eye(shape[shape.len() - 1]) * 2.0
    }

    #[test]
    fn gradients_match_finite_differences() {
        for shape in [&[3, 3][..], &[2, 2, 2], &[1, 1]] {
            gradchecks(|x| inv(&x[0]), &[regular(shape)]);
        }
        for (a, b) in [
            (&[3, 3][..], &[3, 2][..]),
            (&[3, 3], &[3]),
            (&[2, 2, 2], &[2, 2]),
            (&[2, 2, 2], &[2]),
            (&[2, 1, 2, 2], &[3, 2, 1]),
            (&[2, 2], &[3, 2, 2]),
        ] {
            gradchecks(|x| solve(&x[0], &x[1]), &[regular(a), numbers(b)]);
        }
    }
}
