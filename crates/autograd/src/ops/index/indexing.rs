use tensor::{DType, IndexStep, Indexed, Indices, Operand, Tensor, assigned_shape};

use crate::op::{attributes, sum_to};
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// The part that an index names, as Python's `x[…]`; [`IndexItem`](tensor::IndexItem) lists its entries.
    ///
    /// ```
    /// use autograd::Variable;
    /// let x = Variable::new(tensor::arange(0.0, 6.0, 1.0).reshape([2, 3])).requires_grad_(true);
    /// x.i((.., 1..)).sum().backward(); // x[:, 1:]
    /// assert_eq!(x.grad().expect("a leaf").to_vec::<f32>(), [0.0, 1.0, 1.0, 0.0, 1.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// As [`Tensor::i`].
    #[doc(alias = "index")]
    #[track_caller]
    pub fn i(&self, index: impl Indices) -> Variable {
        tensor::indexed!(self, Indexed::new(&self.shape(), index))
    }

    /// Writes to the part that an index names, as Python's `x[…] = value`: a number, or a variable, to which
    /// the gradient of the part goes. This handle has the new values; other handles of the variable keep the
    /// old ones.
    ///
    /// ```
    /// use autograd::Variable;
    /// let m = Variable::new(tensor::tensor([[2.0, 3.0]])).requires_grad_(true);
    /// let mut n = Variable::new(tensor::zeros([1, 2]));
    /// n.set((0, 0), &m.i((0, 0)).square()); // n[0, 0] = m[0, 0] ** 2
    /// n.set((0, 1), &m.i((0, 1)).powf(3.0));
    /// n.sum().backward();
    /// assert_eq!(m.grad().expect("a leaf").to_vec::<f32>(), [4.0, 27.0]);
    /// ```
    ///
    /// # Panics
    /// As [`Tensor::set`]; on a leaf that requires a gradient, whose old values are the ones to be optimised.
    #[doc(alias = "setitem")]
    #[track_caller]
    pub fn set<'a>(&mut self, index: impl Indices, value: impl Into<Operand<'a, Variable>>) {
        assert!(
            !(self.is_leaf() && self.requires_grad() && crate::is_grad_enabled()),
            "set: a leaf Variable that requires grad is being used in an in-place operation."
        );
        let value = match value.into() {
            Operand::Number(value) => Variable::new(tensor::full_dtype((), value, self.dtype())),
            Operand::Array(value) => value.reshape(assigned_shape(&value.shape())).to_dtype(self.dtype()),
        };
        let index = Indexed::new(&self.shape(), index);
        *self = self.put(assignment(&index), &index, &value, false);
    }

    /// A copy with `values` at the part that an index names, added to what is there if `accumulate`, as
    /// `torch.index_put`. Both get gradients.
    ///
    /// # Panics
    /// As [`Tensor::index_put`].
    #[track_caller]
    pub fn index_put(&self, index: impl Indices, values: &Variable, accumulate: bool) -> Variable {
        self.put(INDEX_PUT, &Indexed::new(&self.shape(), index), values, accumulate)
    }

    #[track_caller]
    fn put(&self, name: &'static str, index: &Indexed, values: &Variable, accumulate: bool) -> Variable {
        apply(IndexPut { name, places: index.places(), accumulate }, &[self, values]).single()
    }
}

/// What torch calls an assignment: it copies into a view, unless tensors alone pick from the whole.
fn assignment(index: &Indexed) -> &'static str {
    use IndexStep::{IndexSelect, Select, Slice, Unsqueeze};
    let picked = index.steps.iter().any(|step| matches!(step, IndexSelect { .. }));
    let view = index.steps.iter().any(|step| matches!(step, Select { .. } | Slice { .. } | Unsqueeze { .. }));
    if picked && !view { INDEX_PUT } else { "CopySlices" }
}

const INDEX_PUT: &str = "IndexPutBackward0";

struct IndexPut {
    /// What torch calls it here.
    name: &'static str,
    /// Of the part's elements, in the order of rows.
    places: Tensor,
    accumulate: bool,
}

impl Op for IndexPut {
    fn name(&self) -> &'static str {
        self.name
    }

    attributes!(accumulate);

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.spent();
        x[0].put_at(&self.places, &x[1], self.accumulate).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let dy = dy.single();
        let flat = self.places.flatten(0, -1);
        let dvalues = needs[1].then(|| {
            let part = dy.reshape(&[dy.value().numel()]).index_select(0, &flat).reshape(self.places.shape());
            sum_to(part, saved.shape(1))
        });
        let dx = needs[0].then(|| {
            if self.accumulate {
                return dy.clone();
            }
            let kept = tensor::ones_dtype(saved.shape(0), DType::Bool);
            let kept = kept.put_at(&self.places, &tensor::zeros_dtype((), DType::Bool), false);
            dy.masked_fill(&kept.logical_not(), 0.0)
        });
        [dx, dvalues].into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::{Ellipsis, Tensor, step};

    use crate::Variable;
    use crate::gradcheck::{gradchecks, numbers};

    #[test]
    fn gradients_of_parts_match_finite_differences() {
        let x = numbers(&[3, 4, 2]);
        let (rows, columns) = (Tensor::from([0i64, -1, 0]), Tensor::from([[1i64], [2]]));
        let mask = Tensor::from([true, false, true]);
        gradchecks(|x| x[0].i((1, .., 0)).square(), &[x.clone()]);
        gradchecks(|x| x[0].i((.., step(.., 2))).square(), &[x.clone()]);
        gradchecks(|x| x[0].i((&rows, &columns)).square(), &[x.clone()]);
        gradchecks(|x| x[0].i((&rows, .., 1)).square(), &[x.clone()]);
        gradchecks(|x| x[0].i(&mask).square(), &[x]);
    }

    #[test]
    fn gradients_of_what_is_written_match_finite_differences() {
        let x = numbers(&[3, 2]);
        let rows = Tensor::from([2i64, 0]);
        let set = |x: &[Variable], accumulate| x[0].square().index_put(&rows, &x[1].exp(), accumulate);
        gradchecks(|x| set(x, false), &[x.clone(), numbers(&[2, 2])]);
        gradchecks(|x| set(x, true), &[x.clone(), numbers(&[2])]);
        let twice = Tensor::from([1i64, 1]);
        gradchecks(|x| x[0].square().index_put(&twice, &x[1], true), &[x.clone(), numbers(&[2, 2])]);
        let assigned = |x: &[Variable]| {
            let mut y = x[0].square();
            y.set((0, 1), &x[1].exp());
            y.set((Ellipsis, 0), 3.0);
            y.exp()
        };
        gradchecks(assigned, &[x, numbers(&[1])]);
    }

    #[test]
    fn what_is_written_is_called_as_in_torch() {
        let m = Variable::new([2.0f32]).requires_grad_(true);
        let name = |index: &dyn Fn(&mut Variable)| {
            let mut n = Variable::new(tensor::zeros([2, 2]));
            index(&mut n);
            n.grad_fn()
        };
        let rows = Tensor::from([1i64]);
        assert_eq!(name(&|n| n.set((0, 0), &m)), Some("CopySlices")); // n[0, 0] = m
        assert_eq!(name(&|n| n.set((.., 1..), &m)), Some("CopySlices")); // n[:, 1:] = m
        assert_eq!(name(&|n| n.set(&rows, &m)), Some("IndexPutBackward0")); // n[rows] = m
        assert_eq!(name(&|n| n.set((.., &rows), &m)), Some("IndexPutBackward0")); // n[:, rows] = m
        assert_eq!(name(&|n| n.set((0, &rows), &m)), Some("CopySlices")); // n[0, rows] = m
    }
}
