use tensor::{Float, Tensor};

use crate::{Saves, UnaryOp, Variable};

impl Variable {
    /// `y = sin x`, `dy/dx = cos x`.
    #[track_caller]
    pub fn sin(&self) -> Variable {
        self.unary(Sin)
    }
}

#[derive(Clone, Copy)]
struct Sin;

impl UnaryOp for Sin {
    const NAME: &'static str = "SinBackward0";
    const SAVES: Saves = Saves::Input;

    fn f(self, x: &Tensor) -> Tensor {
        x.sin()
    }

    #[inline(always)]
    fn df<T: Float>(self, x: T) -> T {
        x.cos()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn sin_gradient_matches_finite_differences() {
        gradcheck(|x| x[0].sin(), &[Tensor::from([0.5, -1.0, 3.5])]);
    }
}
