use tensor::{Operand, OptionValue, Scalar, Tensor, Value};

use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// A copy with slice `i` of `source` in place of slice `index[i]` along `dim`, as [`Tensor::index_copy`].
    /// What was overwritten gets no gradient; of several that name one slice, all get its gradient, as in
    /// torch, though the last stays.
    ///
    /// # Panics
    /// As [`Tensor::index_copy`].
    #[track_caller]
    pub fn index_copy(&self, dim: isize, index: &Tensor, source: &Variable) -> Variable {
        apply(IndexCopy { dim, index: index.clone() }, &[self, source]).single()
    }

    /// A copy with `value`, a number or a variable without axes, everywhere in the slices `index` along
    /// `dim`, as [`Tensor::index_fill`]. What was overwritten gets no gradient, a variable the sum of theirs.
    ///
    /// # Panics
    /// As [`Tensor::index_fill`], or if the value requires a gradient and this is not a float.
    #[track_caller]
    pub fn index_fill<'a>(
        &self,
        dim: isize,
        index: &Tensor,
        value: impl Into<Operand<'a, Variable>>,
    ) -> Variable {
        self.filled(dim, index.clone(), value.into())
    }

    #[track_caller]
    fn filled(&self, dim: isize, index: Tensor, value: Operand<'_, Variable>) -> Variable {
        match value {
            Operand::Number(value) => apply(IndexFill { dim, index, value: Some(value) }, &[self]).single(),
            Operand::Array(value) if !value.requires_grad() && value.ndim() == 0 => {
                let value = Some(value.data().to_scalar());
                apply(IndexFill { dim, index, value }, &[self]).single()
            }
            Operand::Array(value) => {
                let dtype = self.dtype();
                assert!(
                    !value.requires_grad() || dtype.is_float(),
                    "index_fill: Autograd not support dtype: a part of {dtype} has no gradient to give"
                );
                let value = value.to_dtype(dtype);
                apply(IndexFill { dim, index, value: None }, &[self, &value]).single()
            }
        }
    }
}

struct IndexCopy {
    dim: isize,
    index: Tensor,
}

impl Op for IndexCopy {
    describe!("IndexCopyBackward0", dim, index);

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.spent();
        x[0].index_copy(self.dim, &self.index, &x[1]).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let dy = dy.single();
        let copied = || dy.index_select(self.dim, &self.index).reshape(saved.shape(1));
        let dsource = needs[1].then(copied);
        [needs[0].then(|| dy.index_fill(self.dim, &self.index, 0.0)), dsource].into()
    }
}

/// With a number, or else with the second input.
struct IndexFill {
    dim: isize,
    index: Tensor,
    value: Option<Scalar>,
}

impl Op for IndexFill {
    fn name(&self) -> &'static str {
        if self.value.is_some() { "IndexFillBackward0" } else { "IndexFillBackward1" }
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        let value = self.value.map(|value| match value {
            Scalar::Float(x) => Value::Float(x),
            Scalar::Int(x) => Value::Int(x),
            Scalar::Bool(x) => Value::Bool(x),
        });
        let own = [("dim", self.dim.to_value()), ("index", self.index.to_value())];
        own.into_iter().chain(value.map(|value| ("value", value))).collect()
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.spent();
        match self.value {
            Some(value) => x[0].index_fill(self.dim, &self.index, value),
            None => x[0].index_fill(self.dim, &self.index, &x[1]),
        }
        .into()
    }

    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let dy = dy.single();
        let mut grads = Grads::default();
        grads.push(needs[0].then(|| dy.index_fill(self.dim, &self.index, 0.0)));
        if self.value.is_none() {
            // A slice that is named twice is filled once.
            let slices = || from_front(&self.index, &dy.value(), self.dim).unique();
            let filled = || dy.index_select(self.dim, &slices());
            grads.push(needs[1].then(|| filled().sum_dim(&[], false)));
        }
        grads
    }
}

/// An index without negative ones.
fn from_front(index: &Tensor, x: &Tensor, dim: isize) -> Tensor {
    let n = if x.ndim() == 0 { 1 } else { x.size(dim) };
    index.lt(0).where_(&index.add_scalar(n as i64), index)
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::{gradchecks, numbers};

    #[test]
    fn gradients_of_slices_written_match_finite_differences() {
        let (x, index) = (numbers(&[3, 2]), Tensor::from([2i64, 0]));
        let rows = numbers(&[2, 2]);
        gradchecks(|x| x[0].exp().index_copy(0, &index, &x[1]).square(), &[x.clone(), rows]);
        gradchecks(|x| x[0].index_copy(0, &index, &x[1]).square(), &[numbers(&[3]), numbers(&[2])]);
        let index = Tensor::from([-1i64, 2, 2]); // one slice, three times
        gradchecks(|x| x[0].index_fill(0, &index, 1.5).square(), &[x.clone()]);
        gradchecks(|x| x[0].index_fill(0, &index, &x[1]).square(), &[x, numbers(&[])]);
    }
}
