use tensor::Tensor;

use crate::ops::elementwise::{Elementwise, Saves};
use crate::{Number, Variable};

impl Variable {
    /// `y = ln x`, `dy/dx = 1/x`.
    #[track_caller]
    pub fn log(&self) -> Variable {
        self.unary(Log)
    }
}

#[derive(Clone, Copy)]
struct Log;

impl Elementwise for Log {
    const NAME: &'static str = "LogBackward0";
    const SAVES: Saves = Saves::Input;

    fn f(self, x: &Tensor) -> Tensor {
        x.log()
    }

    #[inline(always)]
    fn df<N: Number>(self, x: N) -> N {
        x.like(1.0) / x
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn log_gradient_matches_finite_differences() {
        gradchecks(|x| x[0].log(), &[Tensor::from([0.2, 1.0, 3.5])]);
    }
}
