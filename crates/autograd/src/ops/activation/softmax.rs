use tensor::Tensor;
use tensor::dispatch::by_float;
use tensor::kernels::softmax::{Softmax as Kind, axes};

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
        let kind = if self.log { Kind::Logarithms } else { Kind::Shares };
        softmax_back(kind, dy, y, self.dim).into()
    }
}

/// The derivative of a softmax, or of its logarithm, that gave `y`.
pub(crate) fn softmax_back<V: Differentiable>(kind: Kind, dy: V, y: &V, dim: isize) -> V {
    if let (Some(dy), Some(y)) = (dy.plain(), y.plain()) {
        let (mut dx, y) = (dy.contiguous(), y.contiguous());
        let axis = if dim < 0 { dim + y.ndim() as isize } else { dim };
        let (n, inner) = axes(y.shape(), axis.max(0) as usize);
        by_float!("softmax", &y, T => kind.gradient::<T>(y.as_slice(), n, inner, dx.make_mut()));
        return V::constant(dx);
    }
    match kind {
        Kind::Shares => {
            let dot = (dy.clone() * y).sum_dim(&[dim], true);
            (dy - &dot) * y
        }
        Kind::Logarithms => {
            let sum = dy.sum_dim(&[dim], true);
            dy - y.exp() * &sum
        }
    }
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
