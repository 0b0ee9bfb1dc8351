use tensor::Tensor;

use crate::{Backward, Grads, Variable};

impl Variable {
    /// `y[i][j] = x[i][index[i][j]]` for `dim` 1, and so on for others, as `torch.gather`.
    ///
    /// # Panics
    /// If an index does not exist, or the shapes do not fit.
    #[track_caller]
    pub fn gather(&self, dim: isize, index: &Tensor) -> Variable {
        let y = self.data().gather(dim, index);
        Variable::from_op(y, &[self], || Gather {
            name: "GatherBackward0",
            shape: self.shape(),
            dim,
            index: index.clone(),
        })
    }
}

/// The derivative of whatever picks elements along an axis: `dy` goes to where they were.
pub(crate) struct Gather {
    pub(crate) name: &'static str,
    pub(crate) shape: Vec<usize>,
    pub(crate) dim: isize,
    /// Where each was; of `dy`'s shape, or that with the axis `dim` kept as 1.
    pub(crate) index: Tensor,
}

impl Backward for Gather {
    fn name(&self) -> &'static str {
        self.name
    }

    fn backward(&self, dy: Tensor, _: &[bool]) -> Grads {
        let dy = dy.reshape(self.index.shape());
        let zeros = tensor::zeros_dtype(&self.shape[..], dy.dtype());
        Grads::from_elem(Some(zeros.scatter_add(self.dim, &self.index, &dy)), 1)
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn gather_gradient_matches_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        gradcheck(|x| x[0].gather(1, &Tensor::from([[2i64, 0, 2, 2], [1, 1, 0, 0]])), &[x.clone()]);
        gradcheck(|x| x[0].gather(0, &Tensor::from([[1i64, 0, 1]])), &[x]);
    }
}
