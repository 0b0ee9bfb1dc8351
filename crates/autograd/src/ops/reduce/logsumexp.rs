use tensor::{Integers, Tensor};

use super::sum::kept_shape;
use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// `y = ln Σ e^x` over the axes `dims`, all of them if it is empty, without overflow, as
    /// `torch.logsumexp`; with `keepdim` they stay, of size 1. `dx = e^(x − y)·dy`, the softmax of `x`.
    ///
    /// # Panics
    /// If an axis does not exist.
    #[track_caller]
    pub fn logsumexp(&self, dims: impl Integers, keepdim: bool) -> Variable {
        self.logsumexp_over(&dims.integers(), keepdim)
    }

    #[track_caller]
    fn logsumexp_over(&self, dims: &[isize], keepdim: bool) -> Variable {
        apply(LogSumExp { dims: dims.to_vec(), keepdim }, &[self]).single()
    }
}

struct LogSumExp {
    dims: Vec<isize>,
    keepdim: bool,
}

impl Op for LogSumExp {
    describe!("LogsumexpBackward0", dim: dims, keepdim);

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.input(0);
        save.output(0);
        x[0].logsumexp(&self.dims, self.keepdim).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let (x, kept) = (&saved[0], kept_shape(saved[0].value().shape(), &self.dims));
        let [y, dy] = [&saved[1], &dy.single()].map(|y| y.reshape(&kept));
        ((x.clone() - &y).exp() * &dy).into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn logsumexp_gradient_matches_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        gradchecks(|x| x[0].logsumexp(-1, false), &[x.clone()]);
        gradchecks(|x| x[0].logsumexp(0, true), &[x.clone()]);
        gradchecks(|x| x[0].logsumexp((), false), &[x.clone()]);
        gradchecks(|x| x[0].logsumexp(1, false), &[x * 200.0]); // e^700 would overflow
    }
}
