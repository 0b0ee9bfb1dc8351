use tensor::{Float, Map, Tensor};

use super::unary::map_floats;
use crate::{Saves, UnaryOp, Variable};

impl Variable {
    /// `ln(1 + e^(βx))/β`, a smooth ReLU; `x` itself where `βx > threshold`.
    #[track_caller]
    pub fn softplus(&self, beta: f64, threshold: f64) -> Variable {
        self.unary(Softplus { beta, threshold })
    }
}

#[derive(Clone, Copy)]
struct Softplus {
    beta: f64,
    threshold: f64,
}

impl Map for Softplus {
    #[inline(always)]
    fn f<T: Float>(self, x: T) -> T {
        let beta = T::from_f64(self.beta);
        let y = (x * beta).exp().ln_1p() / beta;
        if x * beta > T::from_f64(self.threshold) { x } else { y }
    }
}

impl UnaryOp for Softplus {
    const NAME: &'static str = "SoftplusBackward0";
    const SAVES: Saves = Saves::Input;

    fn f(self, x: &Tensor) -> Tensor {
        map_floats("softplus", x, self)
    }

    #[inline(always)]
    fn df<T: Float>(self, x: T) -> T {
        let bx = x * T::from_f64(self.beta);
        let dy = bx.sigmoid();
        if bx > T::from_f64(self.threshold) { T::ONE } else { dy }
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn softplus_gradients_match_finite_differences() {
        let x = Tensor::from([[0.5f64, -1.2, 2.0], [-0.3, 0.9, -2.5]]);
        gradcheck(|x| x[0].softplus(1.0, 20.0), std::slice::from_ref(&x));
        gradcheck(|x| x[0].softplus(2.0, 3.0), std::slice::from_ref(&x));
    }
}
