use tensor::Scalar;
use tensor::functions::PowF;

use crate::Variable;

impl Variable {
    /// `y = xᵖ`, `dy/dx = p·xᵖ⁻¹`.
    #[track_caller]
    pub fn powf(&self, p: f64) -> Variable {
        self.elementwise(PowF { exponent: p })
    }

    /// [`Variable::pow`] of a number.
    #[doc(hidden)]
    #[track_caller]
    pub fn pow_scalar(&self, p: impl Into<Scalar>) -> Variable {
        let p = p.into();
        if !self.dtype().is_float() {
            return Variable::new(self.data().pow_scalar(p)); // only floats have a gradient
        }
        self.powf(p.to_f64())
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn powf_gradient_matches_finite_differences() {
        for p in [-1.5, -1.0, 0.0, 0.5, 1.0, 2.0, 3.0] {
            gradchecks(|x| x[0].powf(p), &[Tensor::from([0.5, 1.0, 3.5])]);
        }
    }
}
