use tensor::Tensor;

use crate::ops::elementwise::{Elementwise, Saves};
use crate::{Number, Variable};

impl Variable {
    /// `y = cos x`, `dy/dx = −sin x`.
    #[track_caller]
    pub fn cos(&self) -> Variable {
        self.unary(Cos)
    }
}

#[derive(Clone, Copy)]
struct Cos;

impl Elementwise for Cos {
    const NAME: &'static str = "CosBackward0";
    const SAVES: Saves = Saves::Input;

    fn f(self, x: &Tensor) -> Tensor {
        x.cos()
    }

    #[inline(always)]
    fn df<N: Number>(self, x: N) -> N {
        -x.sin()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn cos_gradient_matches_finite_differences() {
        gradchecks(|x| x[0].cos(), &[Tensor::from([0.5, -1.0, 3.5])]);
    }
}
