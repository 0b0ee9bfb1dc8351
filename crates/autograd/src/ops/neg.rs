use tensor::{Float, Tensor};

use crate::{Saves, UnaryOp, Variable};

impl Variable {
    /// `y = −x`, `dy/dx = −1`.
    #[track_caller]
    pub fn neg(&self) -> Variable {
        self.unary(Neg)
    }
}

#[derive(Clone, Copy)]
struct Neg;

impl UnaryOp for Neg {
    const NAME: &'static str = "NegBackward0";
    const SAVES: Saves = Saves::Output;

    fn f(self, x: &Tensor) -> Tensor {
        x.neg()
    }

    #[inline(always)]
    fn df<T: Float>(self, _y: T) -> T {
        -T::ONE
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn neg_gradient_matches_finite_differences() {
        gradcheck(|x| x[0].neg(), &[Tensor::from([0.5, -1.0, 3.5])]);
    }
}
