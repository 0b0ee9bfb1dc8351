use tensor::{Integers, Shape, Tensor};

use crate::op::attributes;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// The same elements, row by row, in another shape; one size may be −1 and is worked out.
    ///
    /// # Panics
    /// If the number of elements differs.
    #[track_caller]
    pub fn reshape(&self, shape: impl Integers) -> Variable {
        self.reshaped("ViewBackward0", self.data().reshape(shape))
    }

    /// As [`Variable::reshape`], but never copies.
    ///
    /// # Panics
    /// If the number of elements differs, or the strides do not allow it.
    #[track_caller]
    pub fn view(&self, shape: impl Integers) -> Variable {
        self.reshaped("ViewBackward0", self.data().view(shape))
    }

    /// The axes from `start` to `end`, both included, as one.
    ///
    /// # Panics
    /// If an axis does not exist.
    #[track_caller]
    pub fn flatten(&self, start: isize, end: isize) -> Variable {
        self.reshaped("ViewBackward0", self.data().flatten(start, end))
    }

    /// Without the axis `dim` if its size is 1; without every axis of size 1 if `dim` is `None`.
    ///
    /// # Panics
    /// If the axis does not exist.
    #[track_caller]
    pub fn squeeze(&self, dim: impl Into<Option<isize>>) -> Variable {
        self.reshaped("SqueezeBackward0", self.data().squeeze(dim))
    }

    /// With a new axis of size 1 before `dim`; −1 appends one.
    ///
    /// # Panics
    /// If `dim` is out of range.
    #[track_caller]
    pub fn unsqueeze(&self, dim: isize) -> Variable {
        self.reshaped("UnsqueezeBackward0", self.data().unsqueeze(dim))
    }

    #[track_caller]
    fn reshaped(&self, name: &'static str, y: Tensor) -> Variable {
        apply(Reshape { name, shape: y.shape().into() }, &[self]).single()
    }
}

struct Reshape {
    name: &'static str,
    shape: Shape,
}

impl Op for Reshape {
    fn name(&self) -> &'static str {
        self.name
    }

    attributes!(shape);

    fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
        x[0].reshape(&self.shape[..]).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        dy.single().reshape(saved.shape(0)).into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn the_gradient_of_a_change_of_shape_matches_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        gradchecks(|x| x[0].reshape([3, -1]), &[x.clone()]);
        gradchecks(|x| x[0].t().reshape([6]), &[x.clone()]);
        gradchecks(|x| x[0].view([6]), &[x.clone()]);
        gradchecks(|x| x[0].flatten(0, -1), &[x.clone()]);
        gradchecks(|x| x[0].unsqueeze(1).square().squeeze(1), &[x]);
    }
}
