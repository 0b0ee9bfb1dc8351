use tensor::Tensor;

use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// `y[i][j] = x[i][index[i][j]]` for `dim` 1, and so on for others, as `torch.gather`.
    ///
    /// # Panics
    /// If an index does not exist, or the shapes do not fit.
    #[track_caller]
    pub fn gather(&self, dim: isize, index: &Tensor) -> Variable {
        apply(Gather { dim, index: index.clone() }, &[self]).single()
    }
}

struct Gather {
    dim: isize,
    index: Tensor,
}

impl Op for Gather {
    describe!("GatherBackward0", dim, index);

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.spent();
        x[0].gather(self.dim, &self.index).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        back(dy.single(), saved.shape(0), self.dim, &self.index).into()
    }
}

/// `dy` back where `index` says that each element was, along an axis of `shape` that it may lack.
pub(super) fn back<V: Differentiable>(dy: V, shape: &[usize], dim: isize, index: &Tensor) -> V {
    let index = if index.ndim() < shape.len() { index.unsqueeze(dim) } else { index.clone() };
    let zeros = V::constant(tensor::zeros_dtype(shape, dy.value().dtype()));
    zeros.scatter_add(dim, &index, &dy.reshape(index.shape()))
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn gather_gradient_matches_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        gradchecks(|x| x[0].gather(1, &Tensor::from([[2i64, 0, 2, 2], [1, 1, 0, 0]])), &[x.clone()]);
        gradchecks(|x| x[0].gather(0, &Tensor::from([[1i64, 0, 1]])), &[x]);
    }
}
