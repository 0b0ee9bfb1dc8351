use tensor::Tensor;

use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// The share of the gamma distribution of shape `a`, this variable, and rate 1 that lies below `x`, as
    /// [`Tensor::gammainc`]: `dx = xᵃ⁻¹·e⁻ˣ/Γ(a)·dy`. Of `a` there is no derivative, in torch neither.
    ///
    /// # Panics
    /// If the shapes do not broadcast; and a pass that asks for the derivative by `a` does.
    #[track_caller]
    pub fn gammainc(&self, x: &Variable) -> Variable {
        apply(GammaInc, &[self, x]).single()
    }
}

struct GammaInc;

impl Op for GammaInc {
    describe!("IgammaBackward0");

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.input(0);
        save.input(1);
        x[0].gammainc(&x[1]).into()
    }

    /// The graph sums over repeats.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        assert!(!needs[0], "derivative for gammainc by its first operand is not implemented");
        let (a, x) = (&saved[0], &saved[1]);
        // `a` is a constant here.
        let log_gamma = V::constant(a.value().lgamma());
        let density = ((a.clone() - 1.0) * &x.log() - x - log_gamma).exp();
        [None, needs[1].then(|| dy.single() * density)].into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::Variable;
    use crate::gradcheck::gradchecks;

    #[test]
    fn gammainc_gradient_matches_finite_differences() {
        let a = Variable::new(Tensor::from([[0.5], [1.0], [4.0], [20.0]]));
        gradchecks(|x| a.gammainc(&x[0]), &[Tensor::from([0.3, 2.7, 9.0])]);
    }

    #[test]
    #[should_panic(expected = "derivative for gammainc by its first operand is not implemented")]
    fn there_is_none_by_the_shape() {
        let a = Variable::new(tensor::ones(2)).requires_grad_(true);
        a.gammainc(&Variable::new(tensor::ones(2))).sum().backward();
    }
}
