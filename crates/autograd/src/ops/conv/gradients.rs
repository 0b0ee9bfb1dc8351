use tensor::{Convolution, OptionValue, Shape, Tensor, Value};

use super::conv::attributes;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// The gradient of the input of [`Variable::conv`]; see [`Tensor::conv_input`].
    ///
    /// # Panics
    /// As [`Tensor::conv_input`].
    #[track_caller]
    pub fn conv_input(&self, weight: &Variable, shape: &[usize], c: &Convolution) -> Variable {
        apply(Gradient { c: c.clone(), of: Of::Input, shape: shape.into() }, &[self, weight]).single()
    }

    /// The gradient of the weight of [`Variable::conv`]; see [`Tensor::conv_weight`].
    ///
    /// # Panics
    /// As [`Tensor::conv_weight`].
    #[track_caller]
    pub fn conv_weight(&self, dy: &Variable, shape: &[usize], c: &Convolution) -> Variable {
        apply(Gradient { c: c.clone(), of: Of::Weight, shape: shape.into() }, &[self, dy]).single()
    }
}

/// A gradient of a convolution, which is linear in both of its inputs, as an operation of its own.
struct Gradient {
    c: Convolution,
    of: Of,
    shape: Shape,
}

enum Of {
    Input,
    Weight,
}

impl Op for Gradient {
    fn name(&self) -> &'static str {
        "ConvolutionBackward0"
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        let shape = ("shape", self.shape.to_value());
        attributes(&self.c).into_iter().chain([shape]).collect()
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.factors(0, 1);
        match self.of {
            Of::Input => x[0].conv_input(&x[1], &self.shape, &self.c),
            Of::Weight => x[0].conv_weight(&x[1], &self.shape, &self.c),
        }
        .into()
    }

    /// Of the input: the transpose of the transpose is the convolution itself. Of the weight: `d` is a weight
    /// for both.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, d: Dy<V>, needs: &[bool]) -> Grads<V> {
        let (c, d) = (&self.c, d.single());
        match self.of {
            Of::Input => [
                needs[0].then(|| cut(d.conv(&saved[1], None, c), saved.shape(0))),
                needs[1].then(|| d.conv_weight(&saved[0], saved.shape(1), c)),
            ],
            Of::Weight => [
                needs[0].then(|| saved[1].conv_input(&d, saved.shape(0), c)),
                needs[1].then(|| cut(saved[0].conv(&d, None, c), saved.shape(1))),
            ],
        }
        .into()
    }
}

/// `y` without the last places of its axes that `shape` lacks: those of a transposed convolution with output
/// padding.
pub(super) fn cut<V: Differentiable>(y: V, shape: &[usize]) -> V {
    let longer: Vec<usize> = (0..shape.len()).filter(|&dim| y.value().shape()[dim] > shape[dim]).collect();
    longer.into_iter().fold(y, |y, dim| y.narrow(dim as isize, 0, shape[dim]))
}
