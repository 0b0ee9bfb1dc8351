use tensor::Tensor;

use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// The running sum along `dim`, as `torch.cumsum`; `dx` is the running sum of `dy` from the other end.
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn cumsum(&self, dim: isize) -> Variable {
        apply(CumSum { dim }, &[self]).single()
    }
}

struct CumSum {
    dim: isize,
}

impl Op for CumSum {
    describe!("CumsumBackward0", dim);

    fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
        x[0].cumsum(self.dim).into()
    }

    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let dy = dy.single();
        if dy.value().ndim() == 0 {
            return dy.into();
        }
        let backwards = tensor::arange(dy.value().size(self.dim) as i64 - 1, -1, -1);
        let sums = dy.index_select(self.dim, &backwards).cumsum(self.dim);
        sums.index_select(self.dim, &backwards).into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn cumsum_gradient_matches_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        gradchecks(|x| x[0].cumsum(0), &[x.clone()]);
        gradchecks(|x| x[0].square().cumsum(-1), &[x]);
        gradchecks(|x| x[0].cumsum(0), &[Tensor::from(3.0)]);
    }
}
