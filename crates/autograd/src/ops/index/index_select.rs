use tensor::Tensor;

use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// The slices along `dim` that `index` (1-d, `I64`) names; a slice taken twice gathers both gradients.
    ///
    /// # Panics
    /// If an index does not exist.
    #[track_caller]
    pub fn index_select(&self, dim: isize, index: &Tensor) -> Variable {
        apply(IndexSelect { dim, index: index.clone() }, &[self]).single()
    }
}

struct IndexSelect {
    dim: isize,
    index: Tensor,
}

impl Op for IndexSelect {
    describe!("IndexSelectBackward0", dim, index);

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.spent();
        x[0].index_select(self.dim, &self.index).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let dy = dy.single();
        let zeros = V::constant(tensor::zeros_dtype(saved.shape(0), dy.value().dtype()));
        zeros.index_add(self.dim, &self.index, &dy).into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn index_select_gradient_matches_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        gradchecks(|x| x[0].index_select(1, &Tensor::from([2i64, 0, 2])), &[x.clone()]);
        gradchecks(|x| x[0].index_select(-2, &Tensor::from([1i64])), &[x]);
    }
}
