use tensor::Tensor;

use crate::ops::elementwise::{Elementwise, Saves};
use crate::{Number, Variable};

impl Variable {
    /// `y = 1/√x`, `dy/dx = −y³/2`.
    #[track_caller]
    pub fn rsqrt(&self) -> Variable {
        self.unary(Rsqrt)
    }
}

#[derive(Clone, Copy)]
struct Rsqrt;

impl Elementwise for Rsqrt {
    const NAME: &'static str = "RsqrtBackward0";
    const SAVES: Saves = Saves::Output;

    fn f(self, x: &Tensor) -> Tensor {
        x.rsqrt()
    }

    #[inline(always)]
    fn df<N: Number>(self, y: N) -> N {
        self.dx(y.like(1.0), y)
    }

    #[inline(always)]
    fn dx<N: Number>(self, dy: N, y: N) -> N {
        // In torch's order: a small cube is not lost where `dy` is large.
        y.like(-0.5) * dy * (y.clone() * y.clone() * y)
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn rsqrt_gradient_matches_finite_differences() {
        gradchecks(|x| x[0].rsqrt(), &[Tensor::from([0.2, 1.0, 3.5])]);
    }
}
