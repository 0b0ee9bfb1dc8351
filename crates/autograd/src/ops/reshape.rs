use tensor::{Sizes, Tensor};

use crate::{Backward, Grads, Variable};

impl Variable {
    /// The same elements, row by row, in another shape; one size may be −1 and is worked out.
    ///
    /// # Panics
    /// If the number of elements differs.
    #[track_caller]
    pub fn reshape(&self, shape: impl Sizes) -> Variable {
        self.reshaped(self.data().reshape(shape), "ViewBackward0")
    }

    /// As [`Variable::reshape`], but never copies.
    ///
    /// # Panics
    /// If the number of elements differs, or the strides do not allow it.
    #[track_caller]
    pub fn view(&self, shape: impl Sizes) -> Variable {
        self.reshaped(self.data().view(shape), "ViewBackward0")
    }

    /// The axes from `start` to `end`, both included, as one.
    ///
    /// # Panics
    /// If an axis does not exist.
    #[track_caller]
    pub fn flatten(&self, start: isize, end: isize) -> Variable {
        self.reshaped(self.data().flatten(start, end), "ViewBackward0")
    }

    /// Without the axis `dim` if its size is 1; without every axis of size 1 if `dim` is `None`.
    ///
    /// # Panics
    /// If the axis does not exist.
    #[track_caller]
    pub fn squeeze(&self, dim: impl Into<Option<isize>>) -> Variable {
        self.reshaped(self.data().squeeze(dim), "SqueezeBackward0")
    }

    /// With a new axis of size 1 before `dim`; −1 appends one.
    ///
    /// # Panics
    /// If `dim` is out of range.
    #[track_caller]
    pub fn unsqueeze(&self, dim: isize) -> Variable {
        self.reshaped(self.data().unsqueeze(dim), "UnsqueezeBackward0")
    }

    fn reshaped(&self, y: Tensor, name: &'static str) -> Variable {
        Variable::from_op(y, &[self], || Reshape { name, shape: self.shape() })
    }
}

struct Reshape {
    name: &'static str,
    shape: Vec<usize>,
}

impl Backward for Reshape {
    fn name(&self) -> &'static str {
        self.name
    }

    fn saves_tensors(&self, _: &[bool]) -> bool {
        false
    }

    fn backward(&self, dy: Tensor, _: &[bool]) -> Grads {
        Grads::from_elem(Some(dy.reshape(&self.shape[..])), 1)
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn the_gradient_of_a_change_of_shape_matches_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        gradcheck(|x| x[0].reshape([3, -1]), &[x.clone()]);
        gradcheck(|x| x[0].t().reshape([6]), &[x.clone()]);
        gradcheck(|x| x[0].view([6]), &[x.clone()]);
        gradcheck(|x| x[0].flatten(0, -1), &[x.clone()]);
        gradcheck(|x| x[0].unsqueeze(1).square().squeeze(1), &[x]);
    }
}
