use tensor::Tensor;

use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// `y = −x`, `dy/dx = −1`.
    #[track_caller]
    pub fn neg(&self) -> Variable {
        apply(Neg, &[self]).single()
    }
}

struct Neg;

impl Op for Neg {
    fn name(&self) -> &'static str {
        "NegBackward0"
    }

    fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
        x[0].neg().into()
    }

    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        dy.single().into_mul_scalar(-1.0).into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn neg_gradient_matches_finite_differences() {
        gradchecks(|x| x[0].neg(), &[Tensor::from([0.5, -1.0, 3.5])]);
    }
}
