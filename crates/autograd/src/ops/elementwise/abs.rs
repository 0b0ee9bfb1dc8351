use tensor::Tensor;

use crate::ops::elementwise::{Elementwise, Saves};
use crate::{Number, Variable};

impl Variable {
    /// `y = |x|`, `dy/dx` the sign of `x`, 0 at 0 and NaN.
    #[track_caller]
    pub fn abs(&self) -> Variable {
        self.unary(Abs)
    }
}

#[derive(Clone, Copy)]
struct Abs;

impl Elementwise for Abs {
    const NAME: &'static str = "AbsBackward0";
    const SAVES: Saves = Saves::Input;

    fn f(self, x: &Tensor) -> Tensor {
        x.abs()
    }

    #[inline(always)]
    fn df<N: Number>(self, x: N) -> N {
        let (one, zero) = (x.like(1.0), x.like(0.0));
        N::select(x.gt(0.0), one.clone(), N::select(x.lt(0.0), -one, zero))
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn abs_gradient_matches_finite_differences() {
        gradchecks(|x| x[0].abs(), &[Tensor::from([0.5, -1.0, 3.5])]);
    }
}
