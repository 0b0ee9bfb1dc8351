use tensor::Tensor;

use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// The product of each pair of matrices of two batches, as `torch.bmm`: `a: [b, m, k]`, `b: [b, k, n]`,
    /// `y: [b, m, n]`. `da = dy·bᵀ`, `db = aᵀ·dy`.
    ///
    /// # Panics
    /// As [`Tensor::bmm`].
    #[track_caller]
    pub fn bmm(&self, other: &Variable) -> Variable {
        apply(Bmm, &[self, other]).single()
    }

    /// `self + A·B` for batches of matrices, as `torch.baddbmm`: `A: [b, m, k]`, `B: [b, k, n]`, and this
    /// variable broadcast to `[b, m, n]`.
    ///
    /// # Panics
    /// As [`Tensor::baddbmm`].
    #[track_caller]
    pub fn baddbmm(&self, a: &Variable, b: &Variable) -> Variable {
        apply(Baddbmm, &[self, a, b]).single()
    }
}

struct Bmm;

impl Op for Bmm {
    describe!("BmmBackward0");

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.factors(0, 1);
        x[0].bmm(&x[1]).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        products(saved, &dy.single(), needs).into()
    }
}

struct Baddbmm;

impl Op for Baddbmm {
    describe!("BaddbmmBackward0");

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.factors(1, 2);
        x[0].baddbmm(&x[1], &x[2]).into()
    }

    /// The graph sums the first over its repeats.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let dy = dy.single();
        let [da, db] = products(saved, &dy, &needs[1..]);
        [Some(dy), da, db].into()
    }
}

/// `dA = dY·Bᵀ`, `dB = Aᵀ·dY` of two factors that were saved.
fn products<V: Differentiable>(saved: Saved<'_, V>, dy: &V, needs: &[bool]) -> [Option<V>; 2] {
    let da = needs[0].then(|| dy.matmul(&saved[1].transpose(1, 2)));
    [da, needs[1].then(|| saved[0].transpose(1, 2).matmul(dy))]
}

#[cfg(test)]
mod tests {
    use crate::gradcheck::{gradchecks, numbers};

    #[test]
    fn gradients_match_finite_differences() {
        for [b, m, k, n] in [[2, 3, 4, 2], [1, 1, 2, 3], [0, 2, 3, 2], [2, 3, 0, 2]] {
            let (x, y) = (numbers(&[b, m, k]), numbers(&[b, k, n]));
            gradchecks(|v| v[0].bmm(&v[1]), &[x.clone(), y.clone()]);
            for bias in [numbers(&[n]), numbers(&[b, m, n]), numbers(&[m, 1])] {
                gradchecks(|v| v[0].baddbmm(&v[1], &v[2]), &[bias, x.clone(), y.clone()]);
            }
        }
    }
}
