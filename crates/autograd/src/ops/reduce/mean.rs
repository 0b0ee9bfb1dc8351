use tensor::Integers;

use super::sum::Sum;
use crate::{Variable, apply};

impl Variable {
    /// The mean of all elements.
    #[track_caller]
    pub fn mean(&self) -> Variable {
        apply(Sum::new("MeanBackward0", &[], false, true), &[self]).single()
    }

    /// The mean over the axes `dims`, which stay as axes of size 1 if `keepdim`.
    ///
    /// # Panics
    /// If an axis does not exist.
    #[track_caller]
    pub fn mean_dim(&self, dims: impl Integers, keepdim: bool) -> Variable {
        self.mean_over(&dims.integers(), keepdim)
    }

    #[track_caller]
    fn mean_over(&self, dims: &[isize], keepdim: bool) -> Variable {
        apply(Sum::new("MeanBackward1", dims, keepdim, true), &[self]).single()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn mean_gradient_matches_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        gradchecks(|x| x[0].square().mean(), &[x.clone()]);
        gradchecks(|x| x[0].square().mean_dim(0, false), &[x.clone()]);
        gradchecks(|x| x[0].mean_dim(1, true), &[x]);
    }
}
