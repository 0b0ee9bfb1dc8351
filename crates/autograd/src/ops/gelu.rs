use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};

use tensor::{Float, Map, Tensor};

use super::unary::map_floats;
use crate::{Saves, UnaryOp, Variable};

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
fn cdf<T: Float>(x: T) -> T {
    T::from_f64(0.5) * (T::ONE + (x * T::from_f64(FRAC_1_SQRT_2)).erf())
}

impl Map for Gelu {
    #[inline(always)]
    fn f<T: Float>(self, x: T) -> T {
        x * cdf(x)
    }
}

impl UnaryOp for Gelu {
    const NAME: &'static str = "GeluBackward0";
    const SAVES: Saves = Saves::Input;

    fn f(self, x: &Tensor) -> Tensor {
        map_floats("gelu", x, self)
    }

    #[inline(always)]
    fn df<T: Float>(self, x: T) -> T {
        let pdf = T::from_f64(0.5 * FRAC_2_SQRT_PI * FRAC_1_SQRT_2) * (T::from_f64(-0.5) * x * x).exp();
        cdf(x) + x * pdf
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

impl UnaryOp for GeluTanh {
    const NAME: &'static str = "GeluBackward0";
    const SAVES: Saves = Saves::Input;

    fn f(self, x: &Tensor) -> Tensor {
        map_floats("gelu", x, self)
    }

    #[inline(always)]
    fn df<T: Float>(self, x: T) -> T {
        let (half, x2) = (T::from_f64(0.5), x * x);
        let tanh = (T::from_f64(BETA) * (x + T::from_f64(KAPPA) * x2 * x)).tanh();
        let d_inner = T::from_f64(BETA) * (T::ONE + T::from_f64(3.0 * KAPPA) * x2);
        half * (T::ONE + tanh) + half * x * (T::ONE - tanh * tanh) * d_inner
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn gelu_gradients_match_finite_differences() {
        let x = Tensor::from([[0.5f64, -1.2, 2.0], [-0.3, 0.9, -2.5]]);
        gradcheck(|x| x[0].gelu(), std::slice::from_ref(&x));
        gradcheck(|x| x[0].gelu_tanh(), std::slice::from_ref(&x));
    }
}
