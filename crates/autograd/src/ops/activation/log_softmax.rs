use tensor::Tensor;

use crate::{Attribute, Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// `yᵢ = xᵢ − ln Σⱼ e^xⱼ` along `dim`; `dx = dy − e^y·Σⱼ dyⱼ`.
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn log_softmax(&self, dim: isize) -> Variable {
        apply(LogSoftmax { dim }, &[self]).single()
    }
}

struct LogSoftmax {
    dim: isize,
}

impl Op for LogSoftmax {
    fn name(&self) -> &'static str {
        "LogSoftmaxBackward0"
    }

    fn attributes(&self) -> Vec<(&'static str, Attribute)> {
        vec![("dim", self.dim.into())]
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.output(0);
        x[0].log_softmax(self.dim).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        log_softmax_back(dy.single(), &saved[0], self.dim).into()
    }
}

/// The derivative of a `log_softmax` that gave `y`.
pub(crate) fn log_softmax_back<V: Differentiable>(dy: V, y: &V, dim: isize) -> V {
    let sum = dy.sum_dim(&[dim], true);
    dy - y.exp() * &sum
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn log_softmax_gradient_matches_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        gradchecks(|x| x[0].log_softmax(-1), &[x.clone()]);
        gradchecks(|x| x[0].log_softmax(0), &[x]);
    }
}
