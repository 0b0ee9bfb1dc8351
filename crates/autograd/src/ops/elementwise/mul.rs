use tensor::Tensor;

use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// `z = x·y`, elementwise, with broadcasting: `dx = y·dz`, `dy = x·dz`.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn mul(&self, y: &Variable) -> Variable {
        apply(Mul, &[self, y]).single()
    }
}

struct Mul;

impl Op for Mul {
    describe!("MulBackward0");

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.factors(0, 1);
        x[0].mul(&x[1]).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dz: Dy<V>, needs: &[bool]) -> Grads<V> {
        let dz = dz.single();
        let dx = needs[0].then(|| dz.clone() * &saved[1]);
        [dx, needs[1].then(|| dz * &saved[0])].into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn mul_gradient_matches_finite_differences() {
        let (x, y) = (Tensor::from([[0.5, -1.0], [3.5, 2.0]]), Tensor::from([0.3, 0.7]));
        gradchecks(|x| &x[0] * &x[1], &[x.clone(), y.clone()]);
        gradchecks(|x| &x[0] * &x[1], &[y, x.clone()]);
        gradchecks(|x| &x[0] * &x[0], &[x]);
    }
}
