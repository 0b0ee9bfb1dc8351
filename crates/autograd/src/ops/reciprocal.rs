use tensor::{Float, Tensor};

use crate::{Saves, UnaryOp, Variable};

impl Variable {
    /// `y = 1/x`, `dy/dx = −y²`.
    #[track_caller]
    pub fn reciprocal(&self) -> Variable {
        self.unary(Reciprocal)
    }
}

#[derive(Clone, Copy)]
struct Reciprocal;

impl UnaryOp for Reciprocal {
    const NAME: &'static str = "ReciprocalBackward0";
    const SAVES: Saves = Saves::Output;

    fn f(self, x: &Tensor) -> Tensor {
        x.reciprocal()
    }

    #[inline(always)]
    fn df<T: Float>(self, y: T) -> T {
        -(y * y)
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn reciprocal_gradient_matches_finite_differences() {
        gradcheck(|x| x[0].reciprocal(), &[Tensor::from([0.5, -1.0, 3.5])]);
    }
}
