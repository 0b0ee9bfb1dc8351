use tensor::Tensor;

use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// `z = x·ln y`, and 0 where `x` is 0 and `y` is not NaN, with broadcasting, as [`Tensor::xlogy`]:
    /// `dx = ln y·dz`, 0 where `x` is 0 and `y` is not positive, and `dy = x/y·dz`.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn xlogy(&self, y: &Variable) -> Variable {
        apply(XLogY, &[self, y]).single()
    }
}

struct XLogY;

impl Op for XLogY {
    describe!("XlogyBackward0");

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.input(0);
        save.input(1);
        x[0].xlogy(&x[1]).into()
    }

    /// The graph sums both over their repeats.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dz: Dy<V>, needs: &[bool]) -> Grads<V> {
        let (dz, x, y) = (dz.single(), &saved[0], &saved[1]);
        let dx = needs[0].then(|| {
            let flat = x.value().eq_scalar(0.0).logical_and(&y.value().le_scalar(0.0));
            (dz.clone() * &y.log()).masked_fill(&flat, 0.0)
        });
        let dy = needs[1].then(|| dz * x / y);
        [dx, dy].into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn xlogy_gradient_matches_finite_differences() {
        let (x, y) = (Tensor::from([[0.5, -1.0], [3.5, 2.0]]), Tensor::from([0.3, 2.7]));
        gradchecks(|x| x[0].xlogy(&x[1]), &[x, y]);
    }
}
