use tensor::{Integers, Shape, Tensor};

use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// Repeated along new axes and axes of size 1 up to `shape`, without a copy; −1 keeps a size. The
    /// gradient is summed over the repetitions.
    ///
    /// # Panics
    /// If the shapes do not fit.
    #[track_caller]
    pub fn expand(&self, shape: impl Integers) -> Variable {
        let shape = self.data().expand(shape).shape().into();
        apply(Expand { shape }, &[self]).single()
    }

    /// [`Variable::expand`] under torch's other name.
    ///
    /// # Panics
    /// If the shapes do not fit.
    #[track_caller]
    pub fn broadcast_to(&self, shape: impl Integers) -> Variable {
        self.expand(shape)
    }

    /// [`Variable::expand`] to the shape of `other`.
    ///
    /// # Panics
    /// If the shapes do not fit.
    #[track_caller]
    pub fn expand_as(&self, other: &Variable) -> Variable {
        self.expand(other.shape())
    }
}

struct Expand {
    shape: Shape,
}

impl Op for Expand {
    describe!("ExpandBackward0", size: shape);

    fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
        x[0].expand(&self.shape[..]).into()
    }

    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        dy.single().into() // the graph sums over the repetitions
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn expand_gradient_matches_finite_differences() {
        gradchecks(|x| x[0].expand([2, 3, 4]), &[Tensor::from([[0.5], [-1.0], [2.0]])]);
        gradchecks(|x| x[0].expand([2, -1]), &[Tensor::from([0.5, 1.0])]);
    }
}
