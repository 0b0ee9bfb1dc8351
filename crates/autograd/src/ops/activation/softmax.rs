use tensor::Tensor;

use crate::{Attribute, Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// `yᵢ = e^xᵢ / Σⱼ e^xⱼ` along `dim`; `dx = y·(dy − Σⱼ yⱼ·dyⱼ)`.
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn softmax(&self, dim: isize) -> Variable {
        apply(Softmax { dim }, &[self]).single()
    }
}

struct Softmax {
    dim: isize,
}

impl Op for Softmax {
    fn name(&self) -> &'static str {
        "SoftmaxBackward0"
    }

    fn attributes(&self) -> Vec<(&'static str, Attribute)> {
        vec![("dim", self.dim.into())]
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.output(0);
        x[0].softmax(self.dim).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let (dy, y) = (dy.single(), &saved[0]);
        let dot = (dy.clone() * y).sum_dim(&[self.dim], true);
        ((dy - &dot) * y).into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn softmax_gradient_matches_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        gradchecks(|x| x[0].softmax(-1), &[x.clone()]);
        gradchecks(|x| x[0].softmax(0), &[x]);
    }
}
