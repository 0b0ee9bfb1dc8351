use tensor::{Float, Scalar, Tensor};

use crate::{Saves, UnaryOp, Variable};

impl Variable {
    /// `x` kept between `min` and `max`; the gradient passes where `min < x < max`, and so not at a bound nor
    /// at NaN, as in torch.
    ///
    /// # Panics
    /// If both are `None`.
    #[track_caller]
    pub fn clamp<S: Into<Scalar>>(&self, min: Option<S>, max: Option<S>) -> Variable {
        let (min, max): (Option<Scalar>, Option<Scalar>) = (min.map(Into::into), max.map(Into::into));
        if !self.dtype().is_float() {
            return Variable::new(self.data().clamp(min, max)); // only floats have a gradient
        }
        self.unary(Clamp { min: min.map(Scalar::to_f64), max: max.map(Scalar::to_f64) })
    }
}

#[derive(Clone, Copy)]
struct Clamp {
    min: Option<f64>,
    max: Option<f64>,
}

impl UnaryOp for Clamp {
    const NAME: &'static str = "ClampBackward1";
    const SAVES: Saves = Saves::Input;

    fn f(self, x: &Tensor) -> Tensor {
        x.clamp(self.min, self.max)
    }

    #[inline(always)]
    fn df<T: Float>(self, x: T) -> T {
        self.dx(T::ONE, x)
    }

    #[inline(always)]
    fn dx<T: Float>(self, dy: T, x: T) -> T {
        let above = self.min.is_none_or(|min| x > T::from_f64(min));
        let below = self.max.is_none_or(|max| x < T::from_f64(max));
        if above && below { dy } else { T::ZERO }
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::{Variable, gradcheck};

    #[test]
    fn clamp_gradient_matches_finite_differences() {
        let x = Tensor::from([-2.0, -0.5, 0.7, 3.0]);
        gradcheck(|x| x[0].clamp(Some(-1.0), Some(1.0)), &[x.clone()]);
        gradcheck(|x| x[0].clamp(None, Some(1.0)), &[x]);
    }

    #[test]
    fn the_gradient_stops_at_the_bounds_themselves_and_at_nan() {
        let rows = [
            (Some(-1.0), Some(1.0), [0.0, 1.0, 0.0, 0.0]),
            (None, Some(1.0), [1.0, 1.0, 0.0, 0.0]),
            (Some(-1.0), None, [0.0, 1.0, 1.0, 0.0]),
            (Some(1.0), Some(-1.0), [0.0; 4]),
            (Some(f64::NAN), None, [0.0; 4]),
        ];
        for (min, max, expected) in rows {
            let x = Variable::new(Tensor::from([-1.0f32, 0.0, 1.0, f32::NAN])).requires_grad_(true);
            x.clamp(min, max).sum().backward();
            assert_eq!(x.grad().expect("x took part").to_vec::<f32>(), expected, "{min:?} {max:?}");
        }
    }
}
