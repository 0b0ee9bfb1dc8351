use tensor::Tensor;

use crate::ops::elementwise::{Elementwise, Saves};
use crate::{Number, Variable};

impl Variable {
    /// `y = √x`, `dy/dx = 1/(2y)`.
    #[track_caller]
    pub fn sqrt(&self) -> Variable {
        self.unary(Sqrt)
    }
}

#[derive(Clone, Copy)]
struct Sqrt;

impl Elementwise for Sqrt {
    const NAME: &'static str = "SqrtBackward0";
    const SAVES: Saves = Saves::Output;

    fn f(self, x: &Tensor) -> Tensor {
        x.sqrt()
    }

    #[inline(always)]
    fn df<N: Number>(self, y: N) -> N {
        y.like(1.0) / (y.clone() + y)
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn sqrt_gradient_matches_finite_differences() {
        gradchecks(|x| x[0].sqrt(), &[Tensor::from([0.2, 1.0, 3.5])]);
    }
}
