use tensor::Tensor;

use crate::ops::elementwise::{Elementwise, Saves};
use crate::{Number, Variable};

impl Variable {
    /// `y = ln(1 + x)`, `dy/dx = 1/(1 + x)`.
    #[track_caller]
    pub fn log1p(&self) -> Variable {
        self.unary(Log1p)
    }
}

#[derive(Clone, Copy)]
struct Log1p;

impl Elementwise for Log1p {
    const NAME: &'static str = "Log1pBackward0";
    const SAVES: Saves = Saves::Input;

    fn f(self, x: &Tensor) -> Tensor {
        x.log1p()
    }

    #[inline(always)]
    fn df<N: Number>(self, x: N) -> N {
        x.like(1.0) / (x.like(1.0) + x)
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn log1p_gradient_matches_finite_differences() {
        gradchecks(|x| x[0].log1p(), &[Tensor::from([-0.5, 0.0, 3.5])]);
    }
}
