use tensor::Tensor;

use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// `Σ xᵢyᵢ` of two vectors; `dx = dy·y` and the other way round.
    ///
    /// # Panics
    /// If they are not vectors of one length and dtype.
    #[track_caller]
    pub fn dot(&self, other: &Variable) -> Variable {
        apply(Dot, &[self, other]).single()
    }

    /// `xᵢyⱼ` for every pair of elements of two vectors, `[n, m]`, as `torch.outer`.
    ///
    /// # Panics
    /// If they are not vectors.
    #[track_caller]
    pub fn outer(&self, other: &Variable) -> Variable {
        apply(Outer, &[self, other]).single()
    }
}

struct Dot;

impl Op for Dot {
    describe!("DotBackward0");

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.factors(0, 1);
        x[0].dot(&x[1]).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let dy = dy.single();
        [needs[0].then(|| saved[1].clone() * &dy), needs[1].then(|| saved[0].clone() * &dy)].into()
    }
}

struct Outer;

impl Op for Outer {
    describe!("MulBackward0");

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.factors(0, 1);
        x[0].outer(&x[1]).into()
    }

    /// `da = dY·b`, `db = dYᵀ·a`
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let dy = dy.single();
        let dtype = dy.value().dtype();
        let da = needs[0].then(|| dy.matmul(&saved[1].to_dtype(dtype)));
        let db = needs[1].then(|| dy.t().matmul(&saved[0].to_dtype(dtype)));
        [da, db].into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn dot_and_outer_gradients_match_finite_differences() {
        let (x, y) = (Tensor::from([0.5, -1.0, 2.0]), Tensor::from([3.5, 2.0, 0.1]));
        gradchecks(|x| x[0].dot(&x[1]), &[x.clone(), y.clone()]);
        gradchecks(|x| x[0].outer(&x[1]), &[x.clone(), y.narrow(0, 0, 2)]);
        gradchecks(|x| x[0].outer(&x[0]), &[x]);
    }
}
