use tensor::Tensor;

use super::sum::kept_shape;
use crate::{Backward, Grads, Variable};

impl Variable {
    /// `y = ln Σ e^x` over the axes `dims`, all of them if it is empty, without overflow, as `torch.logsumexp`; with
    /// `keepdim` they stay, of size 1. `dx = e^(x − y)·dy`, the softmax of `x`.
    ///
    /// # Panics
    /// If an axis does not exist.
    #[track_caller]
    pub fn logsumexp(&self, dims: &[isize], keepdim: bool) -> Variable {
        let x = self.data();
        let y = x.logsumexp(dims, keepdim);
        let kept = y.reshape(&kept_shape(x.shape(), dims)[..]);
        Variable::from_op(y, &[self], || LogSumExp { x, y: kept })
    }
}

struct LogSumExp {
    x: Tensor,
    /// The output with the summed axes kept as 1.
    y: Tensor,
}

impl Backward for LogSumExp {
    fn name(&self) -> &'static str {
        "LogsumexpBackward0"
    }

    fn backward(&self, dy: Tensor, _: &[bool]) -> Grads {
        let dy = dy.reshape(self.y.shape());
        Grads::from_elem(Some(self.x.sub(&self.y).exp().into_mul(&dy)), 1)
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn logsumexp_gradient_matches_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        gradcheck(|x| x[0].logsumexp(&[-1], false), &[x.clone()]);
        gradcheck(|x| x[0].logsumexp(&[0], true), &[x.clone()]);
        gradcheck(|x| x[0].logsumexp(&[], false), &[x.clone()]);
        gradcheck(|x| x[0].logsumexp(&[1], false), &[x * 200.0]); // e^700 would overflow
    }
}
