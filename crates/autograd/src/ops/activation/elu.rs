use tensor::{Float, Map, Tensor};

use crate::ops::elementwise::{Elementwise, Saves, map_floats};
use crate::{Attribute, Number, Variable};

impl Variable {
    /// `x` where it is positive, else `α·(eˣ − 1)` (Clevert et al., 2015).
    #[track_caller]
    pub fn elu(&self, alpha: f64) -> Variable {
        self.unary(Elu { alpha, scale: 1.0 })
    }

    /// `λ·x` where `x` is positive, else `λα·(eˣ − 1)`, with `λ ≈ 1.0507` and `α ≈ 1.6733` chosen so that
    /// mean 0 and variance 1 reproduce themselves (Klambauer et al., 2017).
    #[track_caller]
    pub fn selu(&self) -> Variable {
        self.unary(Elu { alpha: 1.673_263_242_354_377_2, scale: 1.050_700_987_355_480_5 })
    }
}

#[derive(Clone, Copy)]
struct Elu {
    alpha: f64,
    scale: f64,
}

impl Map for Elu {
    #[inline(always)]
    fn f<T: Float>(self, x: T) -> T {
        let scale = T::from_f64(self.scale);
        let negative = T::from_f64(self.alpha * self.scale) * x.exp_m1();
        if x < T::ZERO { negative } else { scale * x }
    }
}

impl Elementwise for Elu {
    const NAME: &'static str = "EluBackward0";
    const SAVES: Saves = Saves::Input;

    fn attributes(self) -> Vec<(&'static str, Attribute)> {
        vec![("alpha", self.alpha.into()), ("scale", self.scale.into())]
    }

    fn f(self, x: &Tensor) -> Tensor {
        map_floats("elu", x, self)
    }

    #[inline(always)]
    fn df<N: Number>(self, x: N) -> N {
        let negative = x.like(self.alpha * self.scale) * x.clone().exp();
        // A NaN counts as positive, as where torch computes one element at a time (in whole vectors its rule
        // gives NaN).
        N::select(x.le(0.0), negative, x.like(self.scale))
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn elu_gradients_match_finite_differences() {
        let x = Tensor::from([[0.5f64, -1.2, 2.0], [-0.3, 0.9, -2.5]]);
        gradchecks(|x| x[0].elu(0.7), std::slice::from_ref(&x));
        gradchecks(|x| x[0].selu(), std::slice::from_ref(&x));
    }
}
