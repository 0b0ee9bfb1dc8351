use tensor::Tensor;

use crate::ops::elementwise::{Elementwise, Saves};
use crate::{Number, Variable};

impl Variable {
    /// `y = 1/x`, `dy/dx = −y²`.
    #[track_caller]
    pub fn reciprocal(&self) -> Variable {
        self.unary(Reciprocal)
    }
}

#[derive(Clone, Copy)]
struct Reciprocal;

impl Elementwise for Reciprocal {
    const NAME: &'static str = "ReciprocalBackward0";
    const SAVES: Saves = Saves::Output;

    fn f(self, x: &Tensor) -> Tensor {
        x.reciprocal()
    }

    #[inline(always)]
    fn df<N: Number>(self, y: N) -> N {
        -(y.clone() * y)
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn reciprocal_gradient_matches_finite_differences() {
        gradchecks(|x| x[0].reciprocal(), &[Tensor::from([0.5, -1.0, 3.5])]);
    }
}
