use tensor::Tensor;

use crate::{Backward, Grads, Variable};

impl Variable {
    /// The slices along `dim` that `index` (1-d, `I64`) names; a slice taken twice gathers both gradients.
    ///
    /// # Panics
    /// If an index does not exist.
    #[track_caller]
    pub fn index_select(&self, dim: isize, index: &Tensor) -> Variable {
        let y = self.data().index_select(dim, index);
        Variable::from_op(y, &[self], || IndexSelect { shape: self.shape(), dim, index: index.clone() })
    }
}

struct IndexSelect {
    shape: Vec<usize>,
    dim: isize,
    index: Tensor,
}

impl Backward for IndexSelect {
    fn name(&self) -> &'static str {
        "IndexSelectBackward0"
    }

    fn backward(&self, dy: Tensor, _: &[bool]) -> Grads {
        let zeros = tensor::zeros_dtype(&self.shape[..], dy.dtype());
        Grads::from_elem(Some(zeros.index_add(self.dim, &self.index, &dy)), 1)
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn index_select_gradient_matches_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        gradcheck(|x| x[0].index_select(1, &Tensor::from([2i64, 0, 2])), &[x.clone()]);
        gradcheck(|x| x[0].index_select(-2, &Tensor::from([1i64])), &[x]);
    }
}
