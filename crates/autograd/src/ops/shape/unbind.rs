use tensor::Tensor;

use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply, stack};

impl Variable {
    /// The parts at every position along `dim`, without that axis, as `torch.unbind`.
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn unbind(&self, dim: isize) -> Vec<Variable> {
        apply(Unbind { dim }, &[self]).into_iter().collect()
    }

    /// The parts along the first axis one after the other, as Python's `for row in x`.
    ///
    /// # Panics
    /// If there are no axes.
    #[track_caller]
    pub fn iter(&self) -> std::vec::IntoIter<Variable> {
        assert!(self.ndim() > 0, "iter: iteration over a 0-d tensor");
        self.unbind(0).into_iter()
    }

    /// The size of the first axis, as Python's `len(x)`; [`Variable::numel`] counts the elements.
    ///
    /// # Panics
    /// If there are no axes.
    #[allow(clippy::len_without_is_empty)] // nothing asks a variable that
    #[track_caller]
    pub fn len(&self) -> usize {
        self.data().len()
    }
}

impl IntoIterator for &Variable {
    type Item = Variable;
    type IntoIter = std::vec::IntoIter<Variable>;

    #[track_caller]
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

struct Unbind {
    dim: isize,
}

impl Op for Unbind {
    describe!("UnbindBackward0", dim);

    fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
        x[0].unbind(self.dim).into_iter().collect()
    }

    /// The parts' gradients side by side, zeros for a part that has none.
    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let dy: Vec<Option<V>> = dy.into_iter().collect();
        let some = dy.iter().flatten().next().expect("one part has a gradient");
        let zeros = V::constant(some.value().zeros_like());
        let parts: Vec<V> = dy.into_iter().map(|dy| dy.unwrap_or_else(|| zeros.clone())).collect();
        stack(&parts, self.dim).into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn gradients_of_parts_match_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        gradchecks(|x| x[0].unbind(1)[2].square(), &[x.clone()]);
        gradchecks(|x| x[0].iter().map(|row| row.exp()).reduce(|a, b| a * b).expect("two rows"), &[x]);
    }
}
