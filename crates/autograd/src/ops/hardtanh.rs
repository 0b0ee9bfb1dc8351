use tensor::{Float, Map, Tensor};

use crate::{Saves, UnaryOp, Variable};

impl Variable {
    /// `x` kept between `min` and `max`. Its gradient is 0 at the two bounds, as `clamp`'s, and passes at
    /// NaN, as where torch computes one element at a time (in whole vectors its rule gives 0).
    ///
    /// # Panics
    /// If `min > max`.
    #[track_caller]
    pub fn hardtanh(&self, min: f64, max: f64) -> Variable {
        assert!(min <= max, "hardtanh: min ({min}) is above max ({max})");
        self.unary(Hardtanh { min, max })
    }
}

#[derive(Clone, Copy)]
struct Hardtanh {
    min: f64,
    max: f64,
}

impl Map for Hardtanh {
    #[inline(always)]
    fn f<T: Float>(self, x: T) -> T {
        let (min, max) = (T::from_f64(self.min), T::from_f64(self.max));
        let x = if x < min { min } else { x };
        if x > max { max } else { x }
    }
}

impl UnaryOp for Hardtanh {
    const NAME: &'static str = "HardtanhBackward0";
    const SAVES: Saves = Saves::Input;

    fn f(self, x: &Tensor) -> Tensor {
        x.map(self)
    }

    #[inline(always)]
    fn df<T: Float>(self, x: T) -> T {
        self.dx(T::ONE, x)
    }

    #[inline(always)]
    fn dx<T: Float>(self, dy: T, x: T) -> T {
        let outside = x <= T::from_f64(self.min) || x >= T::from_f64(self.max);
        if outside { T::ZERO } else { dy }
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn hardtanh_gradient_matches_finite_differences() {
        let x = Tensor::from([[0.5f64, -1.2, 2.0], [-0.3, 0.9, -2.5]]);
        gradcheck(|x| x[0].hardtanh(-1.0, 1.5), &[x]);
    }
}
