use tensor::Tensor;

use crate::{Backward, Grads, Variable};

impl Variable {
    /// `yᵢ = e^xᵢ / Σⱼ e^xⱼ` along `dim`; `dx = y·(dy − Σⱼ yⱼ·dyⱼ)`.
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn softmax(&self, dim: isize) -> Variable {
        let y = self.data().softmax(dim);
        Variable::from_op(y.clone(), &[self], || Softmax { y, dim })
    }
}

struct Softmax {
    y: Tensor,
    dim: isize,
}

impl Backward for Softmax {
    fn name(&self) -> &'static str {
        "SoftmaxBackward0"
    }

    fn backward(&self, dy: Tensor, _: &[bool]) -> Grads {
        let dot = (&dy * &self.y).sum_dim(&[self.dim], true);
        Grads::from_elem(Some((dy - &dot) * &self.y), 1)
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn softmax_gradient_matches_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        gradcheck(|x| x[0].softmax(-1), &[x.clone()]);
        gradcheck(|x| x[0].softmax(0), &[x]);
    }
}
