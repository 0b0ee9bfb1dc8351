use tensor::Scalar;
use tensor::functions::Threshold;

use crate::Variable;

impl Variable {
    /// `x` where it is above `threshold`, and at NaN, else `value`, as [`Tensor::threshold`]; the derivative
    /// is 1 where the element stays, else 0.
    ///
    /// [`Tensor::threshold`]: tensor::Tensor::threshold
    ///
    /// # Panics
    /// On `Bool`, and if the dtype cannot hold one of the numbers.
    #[track_caller]
    pub fn threshold(&self, threshold: impl Into<Scalar>, value: impl Into<Scalar>) -> Variable {
        self.elementwise(Threshold { threshold: threshold.into(), value: value.into() })
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn threshold_gradient_matches_finite_differences() {
        gradchecks(|x| x[0].threshold(0.5, 20), &[Tensor::from([-2.0, 0.3, 0.7, 3.0])]);
    }
}
