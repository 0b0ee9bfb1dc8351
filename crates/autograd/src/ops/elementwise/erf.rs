use tensor::Tensor;

use crate::ops::elementwise::{Elementwise, Saves};
use crate::{Number, Variable};

impl Variable {
    /// `y = erf x`, `dy/dx = 2/√π · e^(−x²)`.
    #[track_caller]
    pub fn erf(&self) -> Variable {
        self.unary(Erf)
    }
}

#[derive(Clone, Copy)]
struct Erf;

impl Elementwise for Erf {
    const NAME: &'static str = "ErfBackward0";
    const SAVES: Saves = Saves::Input;

    fn f(self, x: &Tensor) -> Tensor {
        x.erf()
    }

    #[inline(always)]
    fn df<N: Number>(self, x: N) -> N {
        x.like(std::f64::consts::FRAC_2_SQRT_PI) * (-(x.clone() * x)).exp()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn erf_gradient_matches_finite_differences() {
        gradchecks(|x| x[0].erf(), &[Tensor::from([0.5, -1.0, 2.0])]);
    }
}
