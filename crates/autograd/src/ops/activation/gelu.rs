use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};

use tensor::{Float, Map, Tensor};

use crate::ops::elementwise::{Elementwise, Saves, map_floats};
use crate::{Number, Variable};

impl Variable {
    /// `x·Φ(x)`, Φ the standard normal distribution's share below `x` (Hendrycks & Gimpel, 2016).
    #[track_caller]
    pub fn gelu(&self) -> Variable {
        self.unary(Gelu)
    }

    /// [`gelu`](Variable::gelu) with `Φ(x) ≈ ½·(1 + tanh(√(2/π)·(x + 0.044715·x³)))`.
    #[track_caller]
    pub fn gelu_tanh(&self) -> Variable {
        self.unary(GeluTanh)
    }
}

#[derive(Clone, Copy)]
struct Gelu;

/// `Φ(x)`
#[inline(always)]
fn cdf<N: Number>(x: &N) -> N {
    x.like(0.5) * (x.like(1.0) + (x.clone() * x.like(FRAC_1_SQRT_2)).erf())
}

impl Map for Gelu {
    #[inline(always)]
    fn f<T: Float>(self, x: T) -> T {
        x * cdf(&x)
    }
}

impl Elementwise for Gelu {
    const NAME: &'static str = "GeluBackward0";
    const SAVES: Saves = Saves::Input;

    fn f(self, x: &Tensor) -> Tensor {
        map_floats("gelu", x, self)
    }

    #[inline(always)]
    fn df<N: Number>(self, x: N) -> N {
        let power = x.like(-0.5) * x.clone() * x.clone();
        let pdf = x.like(0.5 * FRAC_2_SQRT_PI * FRAC_1_SQRT_2) * power.exp();
        cdf(&x) + x * pdf
    }
}

#[derive(Clone, Copy)]
struct GeluTanh;

const BETA: f64 = FRAC_2_SQRT_PI * FRAC_1_SQRT_2; // √(2/π)
const KAPPA: f64 = 0.044715;

impl Map for GeluTanh {
    #[inline(always)]
    fn f<T: Float>(self, x: T) -> T {
        let inner = T::from_f64(BETA) * (x + T::from_f64(KAPPA) * x * x * x);
        T::from_f64(0.5) * x * (T::ONE + inner.tanh())
    }
}

impl Elementwise for GeluTanh {
    const NAME: &'static str = "GeluBackward0";
    const SAVES: Saves = Saves::Input;

    fn f(self, x: &Tensor) -> Tensor {
        map_floats("gelu", x, self)
    }

    #[inline(always)]
    fn df<N: Number>(self, x: N) -> N {
        let (half, one, x2) = (x.like(0.5), x.like(1.0), x.clone() * x.clone());
        let inner = x.clone() + x.like(KAPPA) * x2.clone() * x.clone();
        let tanh = (x.like(BETA) * inner).tanh();
        let d_inner = x.like(BETA) * (one.clone() + x.like(3.0 * KAPPA) * x2);
        let d_tanh = one.clone() - tanh.clone() * tanh.clone();
        half.clone() * (one + tanh) + half * x * d_tanh * d_inner
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn gelu_gradients_match_finite_differences() {
        let x = Tensor::from([[0.5f64, -1.2, 2.0], [-0.3, 0.9, -2.5]]);
        gradchecks(|x| x[0].gelu(), std::slice::from_ref(&x));
        gradchecks(|x| x[0].gelu_tanh(), std::slice::from_ref(&x));
    }
}
