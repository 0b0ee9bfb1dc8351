use tensor::Tensor;

use crate::{Backward, Grads, Variable};

impl Variable {
    /// `yᵢ = xᵢ − ln Σⱼ e^xⱼ` along `dim`; `dx = dy − e^y·Σⱼ dyⱼ`.
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn log_softmax(&self, dim: isize) -> Variable {
        let y = self.data().log_softmax(dim);
        Variable::from_op(y.clone(), &[self], || LogSoftmax { y, dim })
    }
}

struct LogSoftmax {
    y: Tensor,
    dim: isize,
}

impl Backward for LogSoftmax {
    fn name(&self) -> &'static str {
        "LogSoftmaxBackward0"
    }

    fn backward(&self, dy: Tensor, _: &[bool]) -> Grads {
        let sum = dy.sum_dim(&[self.dim], true);
        Grads::from_elem(Some(dy - &(self.y.exp() * &sum)), 1)
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn log_softmax_gradient_matches_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        gradcheck(|x| x[0].log_softmax(-1), &[x.clone()]);
        gradcheck(|x| x[0].log_softmax(0), &[x]);
    }
}
