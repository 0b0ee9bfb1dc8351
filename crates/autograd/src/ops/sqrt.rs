use tensor::{Float, Tensor};

use crate::{Saves, UnaryOp, Variable};

impl Variable {
    /// `y = √x`, `dy/dx = 1/(2y)`.
    #[track_caller]
    pub fn sqrt(&self) -> Variable {
        self.unary(Sqrt)
    }
}

#[derive(Clone, Copy)]
struct Sqrt;

impl UnaryOp for Sqrt {
    const NAME: &'static str = "SqrtBackward0";
    const SAVES: Saves = Saves::Output;

    fn f(self, x: &Tensor) -> Tensor {
        x.sqrt()
    }

    #[inline(always)]
    fn df<T: Float>(self, y: T) -> T {
        T::ONE / (y + y)
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn sqrt_gradient_matches_finite_differences() {
        gradcheck(|x| x[0].sqrt(), &[Tensor::from([0.2, 1.0, 3.5])]);
    }
}
