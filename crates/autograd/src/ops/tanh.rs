use tensor::{Float, Tensor};

use crate::{Saves, UnaryOp, Variable};

impl Variable {
    /// `y = tanh x`, `dy/dx = 1 − y²`.
    #[track_caller]
    pub fn tanh(&self) -> Variable {
        self.unary(Tanh)
    }
}

#[derive(Clone, Copy)]
struct Tanh;

impl UnaryOp for Tanh {
    const NAME: &'static str = "TanhBackward0";
    const SAVES: Saves = Saves::Output;

    fn f(self, x: &Tensor) -> Tensor {
        x.tanh()
    }

    #[inline(always)]
    fn df<T: Float>(self, y: T) -> T {
        T::ONE - y * y
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn tanh_gradient_matches_finite_differences() {
        gradcheck(|x| x[0].tanh(), &[Tensor::from([0.5, -1.0, 3.5])]);
    }
}
