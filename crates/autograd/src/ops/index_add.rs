use tensor::Tensor;

use crate::{Backward, Grads, Variable};

impl Variable {
    /// A copy with slice `i` of `source` added to slice `index[i]` of it along `dim`, as `torch.index_add`. The gradient
    /// goes to both: whole to this, and from where it was added to `source`.
    ///
    /// # Panics
    /// If `index` is not `I64` of one axis as long as `source` is along `dim`, or reaches outside the axis; or if
    /// the other sizes or the dtypes differ.
    #[track_caller]
    pub fn index_add(&self, dim: isize, index: &Tensor, source: &Variable) -> Variable {
        let y = self.data().index_add(dim, index, &source.data());
        Variable::from_op(y, &[self, source], || IndexAdd {
            dim,
            index: index.clone(),
            shape: source.shape(),
        })
    }
}

struct IndexAdd {
    dim: isize,
    index: Tensor,
    /// The source's.
    shape: Vec<usize>,
}

impl Backward for IndexAdd {
    fn name(&self) -> &'static str {
        "IndexAddBackward0"
    }

    fn saves_tensors(&self, needs: &[bool]) -> bool {
        needs[1]
    }

    fn backward(&self, dy: Tensor, needs: &[bool]) -> Grads {
        let added = || dy.index_select(self.dim, &self.index).reshape(&self.shape[..]);
        let source = needs[1].then(added);
        [Some(dy), source].into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn index_add_gradients_match_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        let index = Tensor::from([1i64, 0, 1]);
        let source = Tensor::from([[1.0, -2.0, 0.5], [4.0, 0.1, 0.2], [0.3, 0.7, -1.0]]);
        gradcheck(|x| x[0].index_add(0, &index, &x[1]).square(), &[x.clone(), source.clone()]);
        gradcheck(|x| x[0].index_add(1, &index, &x[1]), &[x, source.narrow(0, 0, 2)]);
    }
}
