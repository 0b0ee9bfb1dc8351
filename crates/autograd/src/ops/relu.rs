use tensor::{Float, Tensor};

use crate::{Saves, UnaryOp, Variable};

impl Variable {
    /// `y = max(x, 0)`, `dy/dx = 1` where `y > 0`, else 0.
    #[track_caller]
    pub fn relu(&self) -> Variable {
        self.unary(Relu)
    }
}

#[derive(Clone, Copy)]
struct Relu;

impl UnaryOp for Relu {
    const NAME: &'static str = "ReluBackward0";
    const SAVES: Saves = Saves::Output;

    fn f(self, x: &Tensor) -> Tensor {
        x.relu()
    }

    #[inline(always)]
    fn df<T: Float>(self, y: T) -> T {
        self.dx(T::ONE, y)
    }

    #[inline(always)]
    fn dx<T: Float>(self, dy: T, y: T) -> T {
        // A NaN hands its gradient on, as in torch.
        if y <= T::ZERO { T::ZERO } else { dy }
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn relu_gradient_matches_finite_differences() {
        gradcheck(|x| x[0].relu(), &[Tensor::from([0.5, -1.0, 3.5])]);
    }
}
