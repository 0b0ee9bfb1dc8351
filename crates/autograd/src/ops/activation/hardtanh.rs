use tensor::{DType, Scalar, Tensor};

use crate::ops::elementwise::{Elementwise, Saves};
use crate::{Attribute, Number, Variable};

impl Variable {
    /// `x` kept between `min` and `max`. Its gradient is 0 at the two bounds, as `clamp`'s, and passes at
    /// NaN, as where torch computes one element at a time (in whole vectors its rule gives 0).
    ///
    /// # Panics
    /// If `min > max`.
    #[track_caller]
    pub fn hardtanh(&self, min: f64, max: f64) -> Variable {
        if min > max {
            panic!("hardtanh: min ({min}) is above max ({max})");
        }
        self.unary(Hardtanh { min, max })
    }
}

#[derive(Clone, Copy)]
struct Hardtanh {
    min: f64,
    max: f64,
}

impl Elementwise for Hardtanh {
    const NAME: &'static str = "HardtanhBackward0";
    const SAVES: Saves = Saves::Input;

    fn attributes(self) -> Vec<(&'static str, Attribute)> {
        vec![("min_val", self.min.into()), ("max_val", self.max.into())]
    }

    fn f(self, x: &Tensor) -> Tensor {
        // Integers stay integers: the bounds are cut, as in torch.
        let bound = |b: f64| if x.dtype().is_float() { Scalar::Float(b) } else { Scalar::Int(b as i64) };
        assert!(
            x.dtype() != DType::Bool,
            "hardtanh: not implemented for {} (shape {:?})",
            x.dtype(),
            x.shape()
        );
        x.clamp(Some(bound(self.min)), Some(bound(self.max)))
    }

    #[inline(always)]
    fn df<N: Number>(self, x: N) -> N {
        self.dx(x.like(1.0), x)
    }

    #[inline(always)]
    fn dx<N: Number>(self, dy: N, x: N) -> N {
        let outside = N::or(x.le(self.min), x.ge(self.max));
        N::select(outside, x.like(0.0), dy)
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::Variable;
    use crate::gradcheck::gradchecks;

    #[test]
    fn integers_stay_integers_between_bounds_that_are_cut() {
        let y = Variable::new(Tensor::from([0u8, 3, 255])).hardtanh(2.7, 5.9);
        assert_eq!(y.data().to_vec::<u8>(), [2, 3, 5]);
        let y = Variable::new(Tensor::from([i64::MIN, -3, (1 << 53) + 1])).hardtanh(-2.7, f64::INFINITY);
        assert_eq!(y.data().to_vec::<i64>(), [-2, -2, (1 << 53) + 1]);
    }

    #[test]
    fn hardtanh_gradient_matches_finite_differences() {
        let x = Tensor::from([[0.5f64, -1.2, 2.0], [-0.3, 0.9, -2.5]]);
        gradchecks(|x| x[0].hardtanh(-1.0, 1.5), &[x]);
    }
}
