use tensor::{Float, Tensor};

use crate::{Saves, UnaryOp, Variable};

impl Variable {
    /// `y = 1/√x`, `dy/dx = −y³/2`.
    #[track_caller]
    pub fn rsqrt(&self) -> Variable {
        self.unary(Rsqrt)
    }
}

#[derive(Clone, Copy)]
struct Rsqrt;

impl UnaryOp for Rsqrt {
    const NAME: &'static str = "RsqrtBackward0";
    const SAVES: Saves = Saves::Output;

    fn f(self, x: &Tensor) -> Tensor {
        x.rsqrt()
    }

    #[inline(always)]
    fn df<T: Float>(self, y: T) -> T {
        self.dx(T::ONE, y)
    }

    #[inline(always)]
    fn dx<T: Float>(self, dy: T, y: T) -> T {
        // In torch's order: a small cube is not lost where `dy` is large.
        T::from_f64(-0.5) * dy * (y * y * y)
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn rsqrt_gradient_matches_finite_differences() {
        gradcheck(|x| x[0].rsqrt(), &[Tensor::from([0.2, 1.0, 3.5])]);
    }
}
