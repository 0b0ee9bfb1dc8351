use tensor::{InterpolateOptions, Interpolation, Tensor, Value};

use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// Images of another size, as `torch.nn.functional.interpolate`; see [`Tensor::interpolate`].
    ///
    /// ```
    /// use autograd::Variable;
    /// use tensor::{InterpolateMode, InterpolateOptions, Tensor};
    ///
    /// let x = Variable::new(Tensor::from([[[1.0f32, 2.0]]])).requires_grad_(true);
    /// let size = Some(4.into());
    /// let y = x.interpolate(&InterpolateOptions {
    ///     size,
    ///     mode: InterpolateMode::Linear,
    ///     ..Default::default()
    /// });
    /// assert_eq!(y.data().to_vec::<f32>(), [1.0, 1.25, 1.75, 2.0]);
    /// y.sum().backward();
    /// assert_eq!(x.grad().unwrap().to_vec::<f32>(), [2.0, 2.0]);
    /// ```
    ///
    /// # Panics
    /// As [`Tensor::interpolate`].
    #[track_caller]
    pub fn interpolate(&self, options: &InterpolateOptions) -> Variable {
        apply(Resample { to: Interpolation::new(&self.shape(), options), back: false }, &[self]).single()
    }
}

/// An image of another size, or with `back` the way back: each is the gradient of the other.
#[derive(Clone)]
struct Resample {
    to: Interpolation,
    back: bool,
}

impl Op for Resample {
    fn name(&self) -> &'static str {
        self.to.node()
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        self.to.attributes()
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        if self.to.pool().is_some() {
            // A pool keeps its input in torch.
            save.spent();
        }
        if self.back { self.to.back(&x[0]) } else { self.to.forward(&x[0]) }.into()
    }

    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        dy.single().through(Resample { back: !self.back, ..self.clone() }).into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::{InterpolateMode, InterpolateOptions, Tensor};

    use crate::gradcheck::gradchecks;

    #[test]
    fn interpolate_gradient_matches_finite_differences() {
        use InterpolateMode::*;
        let x = |shape: &[usize]| {
            let n: usize = shape.iter().product();
            [Tensor::from_vec((0..n).map(|i| ((i * 37) % 17) as f64 / 8.0 - 1.0).collect(), shape)]
        };
        let to = |mode, size: &[usize]| InterpolateOptions {
            size: Some(tensor::Spatial::Each(size.to_vec())),
            mode,
            ..Default::default()
        };
        for (mode, shape, size) in [
            (Nearest, &[1, 2, 3][..], &[5][..]),
            (NearestExact, &[1, 2, 3, 2], &[2, 4]),
            (Linear, &[2, 1, 4], &[7]),
            (Bilinear, &[1, 3, 3, 4], &[5, 2]),
            (Bicubic, &[1, 2, 3, 4], &[5, 2]),
            (Trilinear, &[1, 1, 2, 3, 2], &[3, 2, 4]),
            (Area, &[1, 2, 5, 4], &[3, 2]),
        ] {
            gradchecks(|x| x[0].interpolate(&to(mode, size)).square(), &x(shape));
        }
        for mode in [Bilinear, Bicubic] {
            let smooth =
                InterpolateOptions { antialias: true, align_corners: Some(true), ..to(mode, &[3, 5]) };
            gradchecks(|x| x[0].interpolate(&smooth).square(), &x(&[1, 1, 7, 3]));
        }
    }
}
