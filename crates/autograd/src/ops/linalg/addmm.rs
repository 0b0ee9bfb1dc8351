use tensor::Tensor;

use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// `self + A·B`, as `torch.addmm`: `A: [m, k]`, `B: [k, n]`, and this variable broadcast to `[m, n]`.
    ///
    /// # Panics
    /// If the shapes do not fit or the dtypes differ.
    #[track_caller]
    pub fn addmm(&self, a: &Variable, b: &Variable) -> Variable {
        apply(AddMm, &[self, a, b]).single()
    }
}

struct AddMm;

impl Op for AddMm {
    describe!("AddmmBackward0");

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.factors(1, 2);
        x[0].addmm(&x[1], &x[2]).into()
    }

    /// `dA = dY·Bᵀ`, `dB = Aᵀ·dY`; the graph sums the first over its repeats.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let dy = dy.single();
        let da = needs[1].then(|| dy.matmul(&saved[1].t()));
        let db = needs[2].then(|| saved[0].t().matmul(&dy));
        [Some(dy), da, db].into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn addmm_gradients_match_finite_differences() {
        let a = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        let b = Tensor::from([[1.0, -2.0], [4.0, 0.1], [0.3, 0.7]]);
        for bias in [Tensor::from([0.5, 1.5]), Tensor::from([[0.5], [1.5]]), Tensor::from(2.0)] {
            gradchecks(|x| x[0].addmm(&x[1], &x[2]), &[bias, a.clone(), b.clone()]);
        }
    }
}
