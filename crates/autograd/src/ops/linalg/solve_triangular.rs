use tensor::{SolveTriangularOptions, Tensor, Value};

use crate::op::sum_to;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// `X` with `A·X = B`, or `X·A = B`, for a triangle `A`, which is this variable, as
    /// [`Tensor::solve_triangular`]: `dB` solves the same with `Aᵀ` and `dX`, and `dA` is the triangle of
    /// `−dB·Xᵀ`, or of `−Xᵀ·dB`.
    ///
    /// # Panics
    /// As [`Tensor::solve_triangular`].
    #[track_caller]
    pub fn solve_triangular(&self, b: &Variable, options: SolveTriangularOptions) -> Variable {
        apply(SolveTriangular(options), &[self, b]).single()
    }
}

pub(crate) struct SolveTriangular(pub(crate) SolveTriangularOptions);

impl Op for SolveTriangular {
    fn name(&self) -> &'static str {
        "LinalgSolveTriangularBackward0"
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        let SolveTriangularOptions { upper, left, unitriangular } = self.0;
        vec![("left", left.into()), ("unitriangular", unitriangular.into()), ("upper", upper.into())]
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.input(0);
        save.output_if(save.needs[0], 0);
        x[0].solve_triangular(&x[1], self.0).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dx: Dy<V>, needs: &[bool]) -> Grads<V> {
        let SolveTriangularOptions { upper, left, unitriangular } = self.0;
        let across = SolveTriangular(SolveTriangularOptions { upper: !upper, ..self.0 });
        let db = V::through_all(&[&saved[0].transpose(-2, -1), &dx.single()], across);
        let da = needs[0].then(|| {
            let xt = saved[1].transpose(-2, -1);
            let product = -if left { db.matmul(&xt) } else { xt.matmul(&db) };
            let inside = isize::from(unitriangular);
            let da = if upper { product.triu(inside) } else { product.tril(-inside) };
            sum_to(da, saved.shape(0))
        });
        let db = needs[1].then(|| sum_to(db, saved.shape(1)));
        [da, db].into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::SolveTriangularOptions;

    use crate::gradcheck::{gradchecks, numbers};

    #[test]
    fn gradients_match_finite_differences() {
        for (upper, left, unitriangular) in (0..8).map(|bits| (bits & 1 > 0, bits & 2 > 0, bits & 4 > 0)) {
            let options = SolveTriangularOptions { upper, left, unitriangular };
            let a = numbers(&[3, 3]) + tensor::eye(3) * 2.0;
            let b = numbers(if left { &[2, 3, 1] } else { &[2, 1, 3] });
            gradchecks(|x| x[0].solve_triangular(&x[1], options), &[a, b]);
        }
    }
}
