use tensor::Tensor;

use crate::ops::elementwise::{Elementwise, Saves};
use crate::{Number, Variable};

impl Variable {
    /// `y = max(x, 0)`, `dy/dx = 1` where `y > 0`, else 0.
    #[track_caller]
    pub fn relu(&self) -> Variable {
        self.unary(Relu)
    }
}

#[derive(Clone, Copy)]
struct Relu;

impl Elementwise for Relu {
    const NAME: &'static str = "ReluBackward0";
    const SAVES: Saves = Saves::Output;

    fn f(self, x: &Tensor) -> Tensor {
        x.relu()
    }

    #[inline(always)]
    fn df<N: Number>(self, y: N) -> N {
        self.dx(y.like(1.0), y)
    }

    #[inline(always)]
    fn dx<N: Number>(self, dy: N, y: N) -> N {
        // A NaN hands its gradient on, as in torch.
        N::select(y.le(0.0), y.like(0.0), dy)
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn relu_gradient_matches_finite_differences() {
        gradchecks(|x| x[0].relu(), &[Tensor::from([0.5, -1.0, 3.5])]);
    }
}
