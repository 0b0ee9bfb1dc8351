use tensor::{Float, Tensor};

use crate::{Saves, UnaryOp, Variable};

impl Variable {
    /// `y = erf x`, `dy/dx = 2/√π · e^(−x²)`.
    #[track_caller]
    pub fn erf(&self) -> Variable {
        self.unary(Erf)
    }
}

#[derive(Clone, Copy)]
struct Erf;

impl UnaryOp for Erf {
    const NAME: &'static str = "ErfBackward0";
    const SAVES: Saves = Saves::Input;

    fn f(self, x: &Tensor) -> Tensor {
        x.erf()
    }

    #[inline(always)]
    fn df<T: Float>(self, x: T) -> T {
        T::from_f64(std::f64::consts::FRAC_2_SQRT_PI) * (-(x * x)).exp()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn erf_gradient_matches_finite_differences() {
        gradcheck(|x| x[0].erf(), &[Tensor::from([0.5, -1.0, 2.0])]);
    }
}
