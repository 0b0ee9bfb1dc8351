use tensor::functions::Clamp;
use tensor::{Operand, Scalar, Tensor};

use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// `x` kept between `min` and `max`, numbers or variables, as [`Tensor::clamp`].
    ///
    /// Between numbers the gradient passes where `min < x < max`, and so not at a bound nor at NaN, as in
    /// torch. Variables get that of the elements they bound, and half of it where they equal one.
    ///
    /// # Panics
    /// If both are `None`, and as [`Tensor::clamp`].
    #[track_caller]
    pub fn clamp<'a, B: Into<Operand<'a, Variable>>>(&self, min: Option<B>, max: Option<B>) -> Variable {
        match (min.map(B::into), max.map(B::into)) {
            (Some(Operand::Array(min)), Some(Operand::Array(max))) => {
                apply(Between, &[self, min, max]).single()
            }
            (Some(Operand::Array(min)), None) => self.maximum(min),
            (None, Some(Operand::Array(max))) => self.minimum(max),
            (Some(Operand::Number(min)), Some(Operand::Number(max))) => {
                self.clamp_to_numbers(Some(min), Some(max))
            }
            (Some(Operand::Number(min)), None) => self.clamp_to_numbers(Some(min), None),
            (None, Some(Operand::Number(max))) => self.clamp_to_numbers(None, Some(max)),
            (Some(min), Some(max)) => self.clamp_min(min).clamp_max(max),
            (None, None) => panic!("clamp: at least one of min and max must be given"),
        }
    }

    #[track_caller]
    fn clamp_to_numbers(&self, min: Option<Scalar>, max: Option<Scalar>) -> Variable {
        if !self.dtype().is_float() {
            return Variable::new(self.data().clamp(min, max)); // only floats have a gradient
        }
        self.elementwise(Clamp { min: min.map(Scalar::to_f64), max: max.map(Scalar::to_f64) })
    }

    /// `x`, and `min` where it is below it: [`clamp`](Variable::clamp) with one bound.
    #[track_caller]
    pub fn clamp_min<'a>(&self, min: impl Into<Operand<'a, Variable>>) -> Variable {
        self.clamp(Some(min), None)
    }

    /// `x`, and `max` where it is above it: [`clamp`](Variable::clamp) with one bound.
    #[track_caller]
    pub fn clamp_max<'a>(&self, max: impl Into<Operand<'a, Variable>>) -> Variable {
        self.clamp(None, Some(max))
    }
}

/// Between two variables.
struct Between;

impl Op for Between {
    describe!("ClampBackward0");

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        (0..3).for_each(|i| save.input(i));
        x[0].clamp(Some(&x[1]), Some(&x[2])).into()
    }

    /// The graph sums over repeats.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let dy = dy.single();
        let [x, min, max] = [&*saved[0].value(), &*saved[1].value(), &*saved[2].value()];
        let (zero, half) = (V::constant(tensor::zeros_dtype((), dy.value().dtype())), dy.clone() / 2.0);
        let open = min.lt(max);
        let [at_min, at_max] = [x.eq(min).logical_and(&open), x.eq(max).logical_and(&open)];
        let [below, above] = [x.lt(min), x.gt(max)];
        let dx = needs[0].then(|| {
            let inside = half.where_(&at_min.logical_or(&at_max), &dy);
            zero.where_(&below.logical_or(&above), &inside)
        });
        let d_min = needs[1].then(|| {
            let bound = dy.where_(&below.logical_and(&min.le(max)), &zero);
            half.where_(&at_min, &bound)
        });
        let d_max = needs[2].then(|| {
            let bound = dy.where_(&above.logical_and(&min.le(max)).logical_or(&max.lt(min)), &zero);
            half.where_(&at_max, &bound)
        });
        [dx, d_min, d_max].into()
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
        gradchecks(|x| x[0].clamp(None, Some(1.0)), &[x.clone()]);
        let (min, max) = (Tensor::from([-1.0, -1.0, 2.0, 0.5]), Tensor::from([1.5]));
        gradchecks(|x| x[0].clamp(Some(&x[1]), Some(&x[2])), &[x.clone(), min.clone(), max]);
        gradchecks(|x| x[0].clamp_min(&x[1]), &[x.clone(), min]);
        gradchecks(|x| x[0].clamp_max(0.5), &[x]);
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
