use tensor::Tensor;

use crate::{Backward, Grads, Variable};

impl Variable {
    /// The part at `index` along `dim`, without that axis; `-1` is the last.
    ///
    /// # Panics
    /// If the axis or the index does not exist.
    #[track_caller]
    pub fn select(&self, dim: isize, index: isize) -> Variable {
        let x = self.data();
        let y = x.select(dim, index);
        let index = if index < 0 { index + x.size(dim) as isize } else { index };
        let dim = if dim < 0 { dim + x.ndim() as isize } else { dim };
        Variable::from_op(y, &[self], || Select { shape: x.shape().to_vec(), dim, index })
    }
}

struct Select {
    shape: Vec<usize>,
    dim: isize,
    index: isize,
}

impl Backward for Select {
    fn name(&self) -> &'static str {
        "SelectBackward0"
    }

    fn saves_tensors(&self, _: &[bool]) -> bool {
        false
    }

    /// Zeros with `dy` at the index.
    fn backward(&self, dy: Tensor, _: &[bool]) -> Grads {
        let index = Tensor::from([self.index as i64]);
        let zeros = tensor::zeros_dtype(&self.shape[..], dy.dtype());
        Grads::from_elem(Some(zeros.index_add(self.dim, &index, &dy.unsqueeze(self.dim))), 1)
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn select_gradient_matches_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        gradcheck(|x| x[0].select(0, 1), &[x.clone()]);
        gradcheck(|x| x[0].select(-1, -1), &[x]);
    }
}
