use tensor::{Scalar, Tensor};

use super::Affine;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// `z = x − y`, with broadcasting: `dx = dz`, `dy = −dz`.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn sub(&self, y: &Variable) -> Variable {
        apply(Sub, &[self, y]).single()
    }

    /// `y − x` for a scalar `y`, as `torch.rsub`; what `y - x` calls.
    ///
    /// # Panics
    /// If one of the two is `Bool`.
    #[track_caller]
    pub fn rsub_scalar(&self, y: impl Into<Scalar>) -> Variable {
        let op = Affine {
            name: "RsubBackward1",
            factor: -1.0,
            spent: false,
            of: Tensor::rsub_scalar,
            scalar: y.into(),
        };
        apply(op, &[self]).single()
    }

    /// `x − y` for a scalar `y`.
    #[track_caller]
    pub fn sub_scalar(&self, y: impl Into<Scalar>) -> Variable {
        let op = Affine {
            name: "SubBackward0",
            factor: 1.0,
            spent: false,
            of: Tensor::sub_scalar,
            scalar: y.into(),
        };
        apply(op, &[self]).single()
    }
}

struct Sub;

impl Op for Sub {
    fn name(&self) -> &'static str {
        "SubBackward0"
    }

    fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
        x[0].sub(&x[1]).into()
    }

    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dz: Dy<V>, needs: &[bool]) -> Grads<V> {
        let dz = dz.single();
        [needs[0].then(|| dz.clone()), needs[1].then(|| dz.into_mul_scalar(-1.0))].into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn sub_gradient_matches_finite_differences() {
        let (x, y) = (Tensor::from([[0.5, -1.0], [3.5, 2.0]]), Tensor::from([0.3, 0.7]));
        gradchecks(|x| &x[0] - &x[1], &[x.clone(), y.clone()]);
        gradchecks(|x| &x[0] - &x[1], &[y, x]);
    }
}
