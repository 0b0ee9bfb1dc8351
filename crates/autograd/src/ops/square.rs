use tensor::{Float, Tensor};

use crate::{Saves, UnaryOp, Variable};

impl Variable {
    /// `y = x²`, `dy/dx = 2x`.
    #[track_caller]
    pub fn square(&self) -> Variable {
        self.unary(Square)
    }
}

#[derive(Clone, Copy)]
struct Square;

impl UnaryOp for Square {
    const NAME: &'static str = "PowBackward0";
    const SAVES: Saves = Saves::Input;

    fn f(self, x: &Tensor) -> Tensor {
        x.square()
    }

    #[inline(always)]
    fn df<T: Float>(self, x: T) -> T {
        x + x
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn square_gradient_matches_finite_differences() {
        gradcheck(|x| x[0].square(), &[Tensor::from([0.5, -1.0, 3.5])]);
    }
}
