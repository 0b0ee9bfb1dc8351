use tensor::Tensor;

use crate::ops::elementwise::{Elementwise, Saves};
use crate::{Number, Variable};

impl Variable {
    /// `y = x²`, `dy/dx = 2x`.
    #[track_caller]
    pub fn square(&self) -> Variable {
        self.unary(Square)
    }
}

#[derive(Clone, Copy)]
struct Square;

impl Elementwise for Square {
    const NAME: &'static str = "PowBackward0";
    const SAVES: Saves = Saves::Input;

    fn f(self, x: &Tensor) -> Tensor {
        x.square()
    }

    #[inline(always)]
    fn df<N: Number>(self, x: N) -> N {
        x.clone() + x
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn square_gradient_matches_finite_differences() {
        gradchecks(|x| x[0].square(), &[Tensor::from([0.5, -1.0, 3.5])]);
    }
}
