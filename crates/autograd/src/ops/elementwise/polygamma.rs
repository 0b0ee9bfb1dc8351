use tensor::functions::Polygamma;

use crate::Variable;

impl Variable {
    /// The derivative of [`digamma`](Variable::digamma) of order `n`, as [`Tensor::polygamma`]; its own
    /// derivative is that of order `n + 1`.
    ///
    /// [`Tensor::polygamma`]: tensor::Tensor::polygamma
    ///
    /// # Panics
    /// On `F16` and `BF16`, which are not computed with.
    #[track_caller]
    pub fn polygamma(&self, n: u32) -> Variable {
        self.elementwise(Polygamma { n })
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn polygamma_gradient_matches_finite_differences() {
        for n in 0..4 {
            gradchecks(|x| x[0].polygamma(n), &[Tensor::from([0.7f64, 1.3, 2.5, 6.0, 12.0])]);
        }
    }
}
