use tensor::{OptionValue, Scalar, Tensor, Value};

use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// `x + value·y·z`, as [`Tensor::addcmul`]: `dy = z·value·dw` and `dz = y·value·dw` from the gradient
    /// `dw`.
    ///
    /// # Panics
    /// If the shapes do not broadcast, or all are `Bool`.
    #[track_caller]
    pub fn addcmul(&self, y: &Variable, z: &Variable, value: impl Into<Scalar>) -> Variable {
        apply(Added { value: value.into(), quotient: false }, &[self, y, z]).single()
    }

    /// `x + value·y/z`, as [`Tensor::addcdiv`]: `dy = value/z·dw` and `dz = −value·y/z²·dw` from the gradient
    /// `dw`.
    ///
    /// # Panics
    /// If the shapes do not broadcast, or neither `y` nor `z` holds floats.
    #[track_caller]
    pub fn addcdiv(&self, y: &Variable, z: &Variable, value: impl Into<Scalar>) -> Variable {
        apply(Added { value: value.into(), quotient: true }, &[self, y, z]).single()
    }
}

/// A sum with a multiple of a product, or of a quotient.
struct Added {
    value: Scalar,
    quotient: bool,
}

impl Op for Added {
    fn name(&self) -> &'static str {
        if self.quotient { "AddcdivBackward0" } else { "AddcmulBackward0" }
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        vec![("value", self.value.to_value())]
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        let by_y = save.needs[1];
        save.input_if(save.needs[2], 1);
        save.input_if(by_y || (self.quotient && save.needs[2]), 2);
        if self.quotient {
            x[0].addcdiv(&x[1], &x[2], self.value)
        } else {
            x[0].addcmul(&x[1], &x[2], self.value)
        }
        .into()
    }

    /// The graph sums over repeats.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dw: Dy<V>, needs: &[bool]) -> Grads<V> {
        let (dw, value) = (dw.single(), self.value.to_f64());
        let dx = needs[0].then(|| dw.clone());
        let (dy, dz) = if self.quotient {
            let dy = needs[1].then(|| dw.clone() * (saved[1].powf(-1.0) * value));
            let slope = || saved[0].clone() * value / (saved[1].clone() * &saved[1]);
            (dy, needs[2].then(|| -dw * slope()))
        } else {
            let dy = needs[1].then(|| dw.clone() * (saved[1].clone() * value));
            (dy, needs[2].then(|| dw * (saved[0].clone() * value)))
        };
        [dx, dy, dz].into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn gradients_match_finite_differences() {
        let x = [
            Tensor::from([[0.5, -1.0], [3.5, 2.0]]),
            Tensor::from([0.3, 0.7]),
            Tensor::from([[1.2], [-0.9]]),
        ];
        gradchecks(|x| x[0].addcmul(&x[1], &x[2], 0.5), &x);
        gradchecks(|x| x[0].addcdiv(&x[1], &x[2], -2.0), &x);
    }
}
