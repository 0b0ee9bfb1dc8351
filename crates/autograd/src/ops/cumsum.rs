use tensor::Tensor;

use crate::{Backward, Grads, Variable};

impl Variable {
    /// The running sum along `dim`, as `torch.cumsum`; `dx` is the running sum of `dy` from the other end.
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn cumsum(&self, dim: isize) -> Variable {
        let y = self.data().cumsum(dim);
        Variable::from_op(y, &[self], || CumSum { dim })
    }
}

struct CumSum {
    dim: isize,
}

impl Backward for CumSum {
    fn name(&self) -> &'static str {
        "CumsumBackward0"
    }

    fn saves_tensors(&self, _: &[bool]) -> bool {
        false
    }

    fn backward(&self, dy: Tensor, _: &[bool]) -> Grads {
        if dy.ndim() == 0 {
            return Grads::from_elem(Some(dy), 1);
        }
        let backwards = tensor::arange(dy.size(self.dim) as i64 - 1, -1, -1);
        let dx = dy.index_select(self.dim, &backwards).cumsum(self.dim).index_select(self.dim, &backwards);
        Grads::from_elem(Some(dx), 1)
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn cumsum_gradient_matches_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        gradcheck(|x| x[0].cumsum(0), &[x.clone()]);
        gradcheck(|x| x[0].square().cumsum(-1), &[x]);
        gradcheck(|x| x[0].cumsum(0), &[Tensor::from(3.0)]);
    }
}
