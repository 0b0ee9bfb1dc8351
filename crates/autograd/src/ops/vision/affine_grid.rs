use tensor::{AffineGrid, Tensor, Value};

use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// The grids that [`Variable::grid_sample`] reads images at to map them affinely, as
    /// `torch.nn.functional.affine_grid`; see [`Tensor::affine_grid`].
    ///
    /// ```
    /// use autograd::Variable;
    /// use tensor::Tensor;
    ///
    /// let theta = Tensor::from([[[1.0f32, 0.0, 0.5], [0.0, 1.0, 0.0]]]);
    /// let theta = Variable::new(theta).requires_grad_(true);
    /// let grid = theta.affine_grid(&[1, 1, 1, 2], false);
    /// assert_eq!(grid.data().to_vec::<f32>(), [0.0, 0.0, 1.0, 0.0]);
    /// grid.sum().backward();
    /// assert_eq!(theta.grad().unwrap().to_vec::<f32>(), [0.0, 0.0, 2.0, 0.0, 0.0, 2.0]);
    /// ```
    ///
    /// # Panics
    /// As [`Tensor::affine_grid`].
    #[track_caller]
    pub fn affine_grid(&self, size: &[usize], align_corners: bool) -> Variable {
        let to = AffineGrid::new(&self.shape(), size, align_corners);
        apply(Affine { to, back: false }, &[self]).single()
    }
}

/// The grids of matrices, or with `back` the way back: each is the gradient of the other.
#[derive(Clone)]
struct Affine {
    to: AffineGrid,
    back: bool,
}

impl Op for Affine {
    fn name(&self) -> &'static str {
        "AffineGridGeneratorBackward0"
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        self.to.attributes()
    }

    fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
        if self.back { self.to.back(&x[0]) } else { self.to.forward(&x[0]) }.into()
    }

    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        dy.single().through(Affine { back: !self.back, ..self.clone() }).into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn affine_grid_gradient_matches_finite_differences() {
        let theta = |shape: &[usize]| {
            let n: usize = shape.iter().product();
            [Tensor::from_vec((0..n).map(|i| ((i * 37) % 17) as f64 / 8.0 - 1.0).collect(), shape)]
        };
        gradchecks(|x| x[0].affine_grid(&[2, 1, 3, 4], false).square(), &theta(&[2, 2, 3]));
        gradchecks(|x| x[0].affine_grid(&[1, 1, 3, 1], true).square(), &theta(&[1, 2, 3]));
        gradchecks(|x| x[0].affine_grid(&[1, 3, 2, 3, 2], true).square(), &theta(&[1, 3, 4]));
    }
}
