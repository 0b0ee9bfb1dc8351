use tensor::Tensor;

use crate::{Backward, Grads, Variable};

impl Variable {
    /// `Σ xᵢyᵢ` of two vectors; `dx = dy·y` and the other way round.
    ///
    /// # Panics
    /// If they are not vectors of one length and dtype.
    #[track_caller]
    pub fn dot(&self, other: &Variable) -> Variable {
        let (a, b) = (self.data(), other.data());
        Variable::from_op(a.dot(&b), &[self, other], || Dot { a, b })
    }

    /// `xᵢyⱼ` for every pair of elements of two vectors, `[n, m]`, as `torch.outer`.
    ///
    /// # Panics
    /// If they are not vectors.
    #[track_caller]
    pub fn outer(&self, other: &Variable) -> Variable {
        let (a, b) = (self.data(), other.data());
        Variable::from_op(a.outer(&b), &[self, other], || Outer { a, b })
    }
}

struct Dot {
    a: Tensor,
    b: Tensor,
}

impl Backward for Dot {
    fn name(&self) -> &'static str {
        "DotBackward0"
    }

    fn backward(&self, dy: Tensor, needs: &[bool]) -> Grads {
        [needs[0].then(|| &self.b * &dy), needs[1].then(|| &self.a * &dy)].into_iter().collect()
    }
}

struct Outer {
    a: Tensor,
    b: Tensor,
}

impl Backward for Outer {
    fn name(&self) -> &'static str {
        "MulBackward0"
    }

    /// `da = dY·b`, `db = dYᵀ·a`
    fn backward(&self, dy: Tensor, needs: &[bool]) -> Grads {
        let da = needs[0].then(|| dy.matmul(&self.b.to_dtype(dy.dtype())).to_dtype(self.a.dtype()));
        let db = needs[1].then(|| dy.t().matmul(&self.a.to_dtype(dy.dtype())).to_dtype(self.b.dtype()));
        [da, db].into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn dot_and_outer_gradients_match_finite_differences() {
        let (x, y) = (Tensor::from([0.5, -1.0, 2.0]), Tensor::from([3.5, 2.0, 0.1]));
        gradcheck(|x| x[0].dot(&x[1]), &[x.clone(), y.clone()]);
        gradcheck(|x| x[0].outer(&x[1]), &[x.clone(), y.narrow(0, 0, 2)]);
        gradcheck(|x| x[0].outer(&x[0]), &[x]);
    }
}
