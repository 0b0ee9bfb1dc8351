use tensor::Scalar;
use tensor::functions::Clamp;

use crate::Variable;

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
        self.elementwise(Clamp { min: min.map(Scalar::to_f64), max: max.map(Scalar::to_f64) })
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::Variable;
    use crate::gradcheck::gradchecks;

    #[test]
    fn clamp_gradient_matches_finite_differences() {
        let x = Tensor::from([-2.0, -0.5, 0.7, 3.0]);
        gradchecks(|x| x[0].clamp(Some(-1.0), Some(1.0)), &[x.clone()]);
        gradchecks(|x| x[0].clamp(None, Some(1.0)), &[x]);
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
