use tensor::Tensor;

use crate::ops::elementwise::{Elementwise, Saves};
use crate::{Number, Variable};

impl Variable {
    /// `y = tanh x`, `dy/dx = 1 − y²`.
    #[track_caller]
    pub fn tanh(&self) -> Variable {
        self.unary(Tanh)
    }
}

#[derive(Clone, Copy)]
struct Tanh;

impl Elementwise for Tanh {
    const NAME: &'static str = "TanhBackward0";
    const SAVES: Saves = Saves::Output;

    fn f(self, x: &Tensor) -> Tensor {
        x.tanh()
    }

    #[inline(always)]
    fn df<N: Number>(self, y: N) -> N {
        y.like(1.0) - y.clone() * y
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn tanh_gradient_matches_finite_differences() {
        gradchecks(|x| x[0].tanh(), &[Tensor::from([0.5, -1.0, 3.5])]);
    }
}
