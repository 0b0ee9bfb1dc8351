use tensor::{Float, Map, Tensor};

use crate::ops::elementwise::{Elementwise, Saves, map_floats};
use crate::{Attribute, Number, Variable};

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

impl Elementwise for Softplus {
    const NAME: &'static str = "SoftplusBackward0";
    const SAVES: Saves = Saves::Input;

    fn attributes(self) -> Vec<(&'static str, Attribute)> {
        vec![("beta", self.beta.into()), ("threshold", self.threshold.into())]
    }

    fn f(self, x: &Tensor) -> Tensor {
        map_floats("softplus", x, self)
    }

    #[inline(always)]
    fn df<N: Number>(self, x: N) -> N {
        let bx = x.clone() * x.like(self.beta);
        N::select(bx.gt(self.threshold), x.like(1.0), bx.sigmoid())
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn softplus_gradients_match_finite_differences() {
        let x = Tensor::from([[0.5f64, -1.2, 2.0], [-0.3, 0.9, -2.5]]);
        gradchecks(|x| x[0].softplus(1.0, 20.0), std::slice::from_ref(&x));
        gradchecks(|x| x[0].softplus(2.0, 3.0), std::slice::from_ref(&x));
    }
}
