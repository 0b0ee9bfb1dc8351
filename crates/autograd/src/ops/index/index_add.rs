use tensor::Tensor;

use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// A copy with slice `i` of `source` added to slice `index[i]` of it along `dim`, as `torch.index_add`.
    /// The gradient goes to both: whole to this, and from where it was added to `source`.
    ///
    /// # Panics
    /// If `index` is not `I64` of one axis as long as `source` is along `dim`, or reaches outside the axis;
    /// or if the other sizes or the dtypes differ.
    #[track_caller]
    pub fn index_add(&self, dim: isize, index: &Tensor, source: &Variable) -> Variable {
        apply(IndexAdd { dim, index: index.clone() }, &[self, source]).single()
    }
}

struct IndexAdd {
    dim: isize,
    index: Tensor,
}

impl Op for IndexAdd {
    describe!("IndexAddBackward0", dim, index);

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        if save.needs[1] {
            save.spent();
        }
        x[0].index_add(self.dim, &self.index, &x[1]).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let dy = dy.single();
        let added = || dy.index_select(self.dim, &self.index).reshape(saved.shape(1));
        let source = needs[1].then(added);
        [Some(dy), source].into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn index_add_gradients_match_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        let index = Tensor::from([1i64, 0, 1]);
        let source = Tensor::from([[1.0, -2.0, 0.5], [4.0, 0.1, 0.2], [0.3, 0.7, -1.0]]);
        gradchecks(|x| x[0].index_add(0, &index, &x[1]).square(), &[x.clone(), source.clone()]);
        gradchecks(|x| x[0].index_add(1, &index, &x[1]), &[x, source.narrow(0, 0, 2)]);
    }
}
