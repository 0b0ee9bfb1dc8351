use tensor::Tensor;

use crate::ops::elementwise::{Elementwise, Saves};
use crate::{Number, Variable};

impl Variable {
    /// `y = eˣ`, `dy/dx = y`.
    #[track_caller]
    pub fn exp(&self) -> Variable {
        self.unary(Exp)
    }
}

#[derive(Clone, Copy)]
struct Exp;

impl Elementwise for Exp {
    const NAME: &'static str = "ExpBackward0";
    const SAVES: Saves = Saves::Output;

    fn f(self, x: &Tensor) -> Tensor {
        x.exp()
    }

    #[inline(always)]
    fn df<N: Number>(self, y: N) -> N {
        y
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn exp_gradient_matches_finite_differences() {
        gradchecks(|x| x[0].exp(), &[Tensor::from([-1.5, 0.0, 0.3, 2.0])]);
    }
}
