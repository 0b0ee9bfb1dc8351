use tensor::Tensor;

use crate::ops::elementwise::{Elementwise, Saves};
use crate::{Number, Variable};

impl Variable {
    /// `y = 1/(1 + e⁻ˣ)`, `dy/dx = y·(1 − y)`.
    #[track_caller]
    pub fn sigmoid(&self) -> Variable {
        self.unary(Sigmoid)
    }
}

#[derive(Clone, Copy)]
struct Sigmoid;

impl Elementwise for Sigmoid {
    const NAME: &'static str = "SigmoidBackward0";
    const SAVES: Saves = Saves::Output;

    fn f(self, x: &Tensor) -> Tensor {
        x.sigmoid()
    }

    #[inline(always)]
    fn df<N: Number>(self, y: N) -> N {
        y.clone() * (y.like(1.0) - y)
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn sigmoid_gradient_matches_finite_differences() {
        gradchecks(|x| x[0].sigmoid(), &[Tensor::from([0.5, -1.0, 3.5])]);
    }
}
