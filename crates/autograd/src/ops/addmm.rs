use tensor::Tensor;

use super::operators::sum_to;
use crate::{Backward, Grads, Variable};

impl Variable {
    /// `self + A·B`, as `torch.addmm`: `A: [m, k]`, `B: [k, n]`, and this variable broadcast to `[m, n]`.
    ///
    /// # Panics
    /// If the shapes do not fit or the dtypes differ.
    #[track_caller]
    pub fn addmm(&self, a: &Variable, b: &Variable) -> Variable {
        let (a_data, b_data) = (a.data(), b.data());
        let y = self.data().addmm(&a_data, &b_data);
        Variable::from_op(y, &[self, a, b], || AddMm { shape: self.shape(), a: a_data, b: b_data })
    }
}

struct AddMm {
    shape: Vec<usize>,
    a: Tensor,
    b: Tensor,
}

impl Backward for AddMm {
    fn name(&self) -> &'static str {
        "AddmmBackward0"
    }

    fn saves_tensors(&self, needs: &[bool]) -> bool {
        needs[1] || needs[2]
    }

    /// `dA = dY·Bᵀ`, `dB = Aᵀ·dY`, and the first summed over its repeats.
    fn backward(&self, dy: Tensor, needs: &[bool]) -> Grads {
        let da = needs[1].then(|| dy.matmul(&self.b.t()));
        let db = needs[2].then(|| self.a.t().matmul(&dy));
        [needs[0].then(|| sum_to(dy, &self.shape)), da, db].into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn addmm_gradients_match_finite_differences() {
        let a = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        let b = Tensor::from([[1.0, -2.0], [4.0, 0.1], [0.3, 0.7]]);
        for bias in [Tensor::from([0.5, 1.5]), Tensor::from([[0.5], [1.5]]), Tensor::from(2.0)] {
            gradcheck(|x| x[0].addmm(&x[1], &x[2]), &[bias, a.clone(), b.clone()]);
        }
    }
}
