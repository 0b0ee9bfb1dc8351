use tensor::Tensor;

use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// The part at `index` along `dim`, without that axis; `-1` is the last.
    ///
    /// # Panics
    /// If the axis or the index does not exist.
    #[track_caller]
    pub fn select(&self, dim: isize, index: isize) -> Variable {
        let x = self.data();
        let index = if index < 0 { index + x.size(dim) as isize } else { index };
        let dim = if dim < 0 { dim + x.ndim() as isize } else { dim };
        apply(Select { dim, index }, &[self]).single()
    }
}

struct Select {
    dim: isize,
    index: isize,
}

impl Op for Select {
    describe!("SelectBackward0", dim, index);

    fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
        x[0].select(self.dim, self.index).into()
    }

    /// Zeros with `dy` at the index.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let (dy, index) = (dy.single(), Tensor::from([self.index as i64]));
        let zeros = V::constant(tensor::zeros_dtype(saved.shape(0), dy.value().dtype()));
        zeros.index_add(self.dim, &index, &dy.unsqueeze(self.dim)).into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn select_gradient_matches_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        gradchecks(|x| x[0].select(0, 1), &[x.clone()]);
        gradchecks(|x| x[0].select(-1, -1), &[x]);
    }
}
