use tensor::Tensor;

use crate::ops::elementwise::{Elementwise, Saves};
use crate::{Number, Variable};

impl Variable {
    /// `y = eˣ − 1`, `dy/dx = y + 1`.
    #[track_caller]
    pub fn expm1(&self) -> Variable {
        self.unary(Expm1)
    }
}

#[derive(Clone, Copy)]
struct Expm1;

impl Elementwise for Expm1 {
    const NAME: &'static str = "Expm1Backward0";
    const SAVES: Saves = Saves::Output;

    fn f(self, x: &Tensor) -> Tensor {
        x.expm1()
    }

    #[inline(always)]
    fn df<N: Number>(self, y: N) -> N {
        y.like(1.0) + y
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn expm1_gradient_matches_finite_differences() {
        gradchecks(|x| x[0].expm1(), &[Tensor::from([-1.5, 0.0, 0.3, 2.0])]);
    }
}
