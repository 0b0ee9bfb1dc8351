use tensor::{Float, Map, Tensor};

use crate::ops::elementwise::{Elementwise, Saves, map_floats};
use crate::{Number, Variable};

impl Variable {
    /// `x·σ(x)`, also called swish.
    #[track_caller]
    pub fn silu(&self) -> Variable {
        self.unary(Silu)
    }
}

#[derive(Clone, Copy)]
struct Silu;

impl Map for Silu {
    #[inline(always)]
    fn f<T: Float>(self, x: T) -> T {
        // A quotient, as in torch: x = −∞ gives NaN there too.
        x / (T::ONE + (-x).exp())
    }
}

impl Elementwise for Silu {
    const NAME: &'static str = "SiluBackward0";
    const SAVES: Saves = Saves::Input;

    fn f(self, x: &Tensor) -> Tensor {
        map_floats("silu", x, self)
    }

    #[inline(always)]
    fn df<N: Number>(self, x: N) -> N {
        let (s, one) = (x.clone().sigmoid(), x.like(1.0));
        s.clone() * (one.clone() + x * (one - s))
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn silu_gradient_matches_finite_differences() {
        let x = Tensor::from([[0.5f64, -1.2, 2.0], [-0.3, 0.9, -2.5]]);
        gradchecks(|x| x[0].silu(), &[x]);
    }
}
