use tensor::{Float, Map, Tensor};

use crate::ops::elementwise::{Elementwise, Saves, map_floats};
use crate::{Number, Variable};

impl Variable {
    /// `ln σ(x)`, without overflow for any `x`.
    #[track_caller]
    pub fn log_sigmoid(&self) -> Variable {
        self.unary(LogSigmoid)
    }
}

/// `ln σ(x) = min(x, 0) − ln(1 + e^−|x|)`
#[inline(always)]
pub(crate) fn log_sigmoid<T: Float>(x: T) -> T {
    let e = (-x.abs()).exp();
    let negative = if x < T::ZERO { x } else { T::ZERO };
    negative - e.ln_1p()
}

#[derive(Clone, Copy)]
pub(crate) struct LogSigmoid;

impl Map for LogSigmoid {
    #[inline(always)]
    fn f<T: Float>(self, x: T) -> T {
        log_sigmoid(x)
    }
}

impl Elementwise for LogSigmoid {
    const NAME: &'static str = "LogSigmoidBackward0";
    const SAVES: Saves = Saves::Input;

    fn f(self, x: &Tensor) -> Tensor {
        map_floats("log_sigmoid", x, self)
    }

    #[inline(always)]
    fn df<N: Number>(self, x: N) -> N {
        (-x).sigmoid()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn log_sigmoid_gradient_matches_finite_differences() {
        let x = Tensor::from([[0.5f64, -1.2, 2.0], [-0.3, 0.9, -2.5]]);
        gradchecks(|x| x[0].log_sigmoid(), &[x]);
    }
}
