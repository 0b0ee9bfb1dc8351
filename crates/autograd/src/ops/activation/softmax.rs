use tensor::Tensor;
use tensor::dispatch::by_float;
use tensor::kernels::softmax::log_softmax_gradient_rows;

use crate::op::attributes;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// `yᵢ = e^xᵢ / Σⱼ e^xⱼ` along `dim`; `dx = y·(dy − Σⱼ yⱼ·dyⱼ)`.
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn softmax(&self, dim: isize) -> Variable {
        apply(Softmax { dim, log: false }, &[self]).single()
    }

    /// `yᵢ = xᵢ − ln Σⱼ e^xⱼ` along `dim`; `dx = dy − e^y·Σⱼ dyⱼ`.
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn log_softmax(&self, dim: isize) -> Variable {
        apply(Softmax { dim, log: true }, &[self]).single()
    }
}

struct Softmax {
    dim: isize,
    /// Whether it is the logarithm.
    log: bool,
}

impl Op for Softmax {
    fn name(&self) -> &'static str {
        if self.log { "LogSoftmaxBackward0" } else { "SoftmaxBackward0" }
    }

    attributes!(dim);

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.output(0);
        if self.log { x[0].log_softmax(self.dim) } else { x[0].softmax(self.dim) }.into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let (dy, y) = (dy.single(), &saved[0]);
        if self.log {
            return log_softmax_back(dy, y, self.dim).into();
        }
        let dot = (dy.clone() * y).sum_dim(&[self.dim], true);
        ((dy - &dot) * y).into()
    }
}

/// The derivative of a `log_softmax` that gave `y`.
pub(crate) fn log_softmax_back<V: Differentiable>(dy: V, y: &V, dim: isize) -> V {
    if let (Some(dy), Some(y)) = (dy.plain(), y.plain())
        && (dim == -1 || dim + 1 == y.ndim() as isize)
        && y.dtype().is_float()
        && y.ndim() > 0
    {
        let mut dx = dy.contiguous();
        let n = y.size(-1);
        by_float!("log_softmax", y, T => {
            log_softmax_gradient_rows(y.contiguous().as_slice::<T>(), n, dx.make_mut());
        });
        return V::constant(dx);
    }
    let sum = dy.sum_dim(&[dim], true);
    dy - y.exp() * &sum
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn gradients_along_both_axes_match_finite_differences() {
        let x = [Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]])];
        for dim in [-1, 0] {
            gradchecks(|x| x[0].softmax(dim), &x);
            gradchecks(|x| x[0].log_softmax(dim), &x);
        }
    }
}
