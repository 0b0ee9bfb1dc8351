use tensor::{Float, Tensor};

use crate::{Saves, UnaryOp, Variable};

impl Variable {
    /// `y = eˣ − 1`, `dy/dx = y + 1`.
    #[track_caller]
    pub fn expm1(&self) -> Variable {
        self.unary(Expm1)
    }
}

#[derive(Clone, Copy)]
struct Expm1;

impl UnaryOp for Expm1 {
    const NAME: &'static str = "Expm1Backward0";
    const SAVES: Saves = Saves::Output;

    fn f(self, x: &Tensor) -> Tensor {
        x.expm1()
    }

    #[inline(always)]
    fn df<T: Float>(self, y: T) -> T {
        y + T::ONE
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn expm1_gradient_matches_finite_differences() {
        gradcheck(|x| x[0].expm1(), &[Tensor::from([-1.5, 0.0, 0.3, 2.0])]);
    }
}
