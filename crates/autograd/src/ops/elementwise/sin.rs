use tensor::Tensor;

use crate::ops::elementwise::{Elementwise, Saves};
use crate::{Number, Variable};

impl Variable {
    /// `y = sin x`, `dy/dx = cos x`.
    #[track_caller]
    pub fn sin(&self) -> Variable {
        self.unary(Sin)
    }
}

#[derive(Clone, Copy)]
struct Sin;

impl Elementwise for Sin {
    const NAME: &'static str = "SinBackward0";
    const SAVES: Saves = Saves::Input;

    fn f(self, x: &Tensor) -> Tensor {
        x.sin()
    }

    #[inline(always)]
    fn df<N: Number>(self, x: N) -> N {
        x.cos()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn sin_gradient_matches_finite_differences() {
        gradchecks(|x| x[0].sin(), &[Tensor::from([0.5, -1.0, 3.5])]);
    }
}
