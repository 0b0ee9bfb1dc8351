use tensor::Tensor;

use crate::op::attributes;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// The lower triangle of the last two axes, zeros elsewhere, as `torch.tril`: what lies on or below
    /// `diagonal`, counted upwards from the main one. `dx` is the same triangle of `dy`.
    ///
    /// # Panics
    /// If there are fewer than two axes.
    #[track_caller]
    pub fn tril(&self, diagonal: isize) -> Variable {
        apply(Triangle { lower: true, diagonal }, &[self]).single()
    }

    /// The upper triangle of the last two axes, zeros elsewhere, as `torch.triu`: what lies on or above
    /// `diagonal`, counted upwards from the main one. `dx` is the same triangle of `dy`.
    ///
    /// # Panics
    /// If there are fewer than two axes.
    #[track_caller]
    pub fn triu(&self, diagonal: isize) -> Variable {
        apply(Triangle { lower: false, diagonal }, &[self]).single()
    }
}

struct Triangle {
    lower: bool,
    diagonal: isize,
}

impl Op for Triangle {
    fn name(&self) -> &'static str {
        if self.lower { "TrilBackward0" } else { "TriuBackward0" }
    }

    attributes!(diagonal);

    fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
        let (x, diagonal) = (&x[0], self.diagonal);
        if self.lower { x.tril(diagonal) } else { x.triu(diagonal) }.into()
    }

    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let (dy, diagonal) = (dy.single(), self.diagonal);
        if self.lower { dy.tril(diagonal) } else { dy.triu(diagonal) }.into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn triangle_gradients_match_finite_differences() {
        let x = Tensor::from([[[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]]);
        for diagonal in -1..=1 {
            gradchecks(|x| x[0].tril(diagonal), &[x.clone()]);
            gradchecks(|x| x[0].triu(diagonal), &[x.clone()]);
        }
    }
}
