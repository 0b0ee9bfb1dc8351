use tensor::{Float, Tensor};

use crate::{Saves, UnaryOp, Variable};

impl Variable {
    /// `y = cos x`, `dy/dx = −sin x`.
    #[track_caller]
    pub fn cos(&self) -> Variable {
        self.unary(Cos)
    }
}

#[derive(Clone, Copy)]
struct Cos;

impl UnaryOp for Cos {
    const NAME: &'static str = "CosBackward0";
    const SAVES: Saves = Saves::Input;

    fn f(self, x: &Tensor) -> Tensor {
        x.cos()
    }

    #[inline(always)]
    fn df<T: Float>(self, x: T) -> T {
        -x.sin()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn cos_gradient_matches_finite_differences() {
        gradcheck(|x| x[0].cos(), &[Tensor::from([0.5, -1.0, 3.5])]);
    }
}
