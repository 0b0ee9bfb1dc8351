use tensor::{Sizes, Tensor};

use super::operators::sum_to;
use crate::{Backward, Grads, Variable};

impl Variable {
    /// Repeated along new axes and axes of size 1 up to `shape`, without a copy; −1 keeps a size. The gradient
    /// is summed over the repetitions.
    ///
    /// # Panics
    /// If the shapes do not fit.
    #[track_caller]
    pub fn expand(&self, shape: impl Sizes) -> Variable {
        Variable::from_op(self.data().expand(shape), &[self], || Expand { shape: self.shape() })
    }

    /// [`Variable::expand`] under torch's other name.
    ///
    /// # Panics
    /// If the shapes do not fit.
    #[track_caller]
    pub fn broadcast_to(&self, shape: impl Sizes) -> Variable {
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
    shape: Vec<usize>,
}

impl Backward for Expand {
    fn name(&self) -> &'static str {
        "ExpandBackward0"
    }

    fn saves_tensors(&self, _: &[bool]) -> bool {
        false
    }

    fn backward(&self, dy: Tensor, _: &[bool]) -> Grads {
        Grads::from_elem(Some(sum_to(dy, &self.shape)), 1)
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn expand_gradient_matches_finite_differences() {
        gradcheck(|x| x[0].expand([2, 3, 4]), &[Tensor::from([[0.5], [-1.0], [2.0]])]);
        gradcheck(|x| x[0].expand([2, -1]), &[Tensor::from([0.5, 1.0])]);
    }
}
