use tensor::{Float, Tensor};

use crate::{Saves, UnaryOp, Variable};

impl Variable {
    /// `y = ln x`, `dy/dx = 1/x`.
    #[track_caller]
    pub fn log(&self) -> Variable {
        self.unary(Log)
    }
}

#[derive(Clone, Copy)]
struct Log;

impl UnaryOp for Log {
    const NAME: &'static str = "LogBackward0";
    const SAVES: Saves = Saves::Input;

    fn f(self, x: &Tensor) -> Tensor {
        x.log()
    }

    #[inline(always)]
    fn df<T: Float>(self, x: T) -> T {
        T::ONE / x
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn log_gradient_matches_finite_differences() {
        gradcheck(|x| x[0].log(), &[Tensor::from([0.2, 1.0, 3.5])]);
    }
}
