use tensor::Tensor;

use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply, cat};

impl Variable {
    /// The gated linear unit `y = a·σ(b)` of the two halves `a` and `b` along `dim`, as [`Tensor::glu`];
    /// `da = σ(b)·dy`, `db = σ(b)·(1 − σ(b))·a·dy`.
    ///
    /// # Panics
    /// If there is no such axis, its size is odd, or the dtype is not a float.
    #[track_caller]
    pub fn glu(&self, dim: isize) -> Variable {
        apply(Glu { dim }, &[self]).single()
    }
}

struct Glu {
    dim: isize,
}

impl Op for Glu {
    describe!("GluBackward0", dim);

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.input(0);
        x[0].glu(self.dim).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let (dim, dy, x) = (self.dim, dy.single(), &saved[0]);
        let half = dy.value().size(dim);
        let [a, b] = [0, half].map(|start| x.narrow(dim, start as isize, half));
        let s = b.sigmoid();
        let one = V::constant(s.value().ones_like());
        cat(&[s.clone() * &dy, (one - &s) * &s * &a * &dy], dim).into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn glu_gradients_along_both_axes_match_finite_differences() {
        let x = [Tensor::from([[0.5, -1.0, 2.0, 1.5], [3.5, 2.0, 0.1, -0.7]])];
        for dim in [-1, 0] {
            gradchecks(|x| x[0].glu(dim), &x);
        }
    }
}
