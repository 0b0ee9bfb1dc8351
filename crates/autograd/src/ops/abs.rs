use tensor::{Float, Tensor};

use crate::{Saves, UnaryOp, Variable};

impl Variable {
    /// `y = |x|`, `dy/dx` the sign of `x`, 0 at 0 and NaN.
    #[track_caller]
    pub fn abs(&self) -> Variable {
        self.unary(Abs)
    }
}

#[derive(Clone, Copy)]
struct Abs;

impl UnaryOp for Abs {
    const NAME: &'static str = "AbsBackward0";
    const SAVES: Saves = Saves::Input;

    fn f(self, x: &Tensor) -> Tensor {
        x.abs()
    }

    #[inline(always)]
    fn df<T: Float>(self, x: T) -> T {
        if x > T::ZERO {
            T::ONE
        } else if x < T::ZERO {
            -T::ONE
        } else {
            T::ZERO
        }
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn abs_gradient_matches_finite_differences() {
        gradcheck(|x| x[0].abs(), &[Tensor::from([0.5, -1.0, 3.5])]);
    }
}
