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
        apply(ConvInput { c: c.clone(), shape: shape.into() }, &[self, weight]).single()
    }

    /// The gradient of the weight of [`Variable::conv`]; see [`Tensor::conv_weight`].
    ///
    /// # Panics
    /// As [`Tensor::conv_weight`].
    #[track_caller]
    pub fn conv_weight(&self, dy: &Variable, shape: &[usize], c: &Convolution) -> Variable {
        apply(ConvWeight { c: c.clone(), shape: shape.into() }, &[self, dy]).single()
    }
}

struct ConvInput {
    c: Convolution,
    shape: Shape,
}

impl Op for ConvInput {
    fn name(&self) -> &'static str {
        "ConvolutionBackward0"
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        let shape = ("shape", self.shape.to_value());
        attributes(&self.c).into_iter().chain([shape]).collect()
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.input_if(save.needs[1], 0);
        save.input_if(save.needs[0], 1);
        x[0].conv_input(&x[1], &self.shape, &self.c).into()
    }

    /// The transpose of the transpose is the convolution itself.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dx: Dy<V>, needs: &[bool]) -> Grads<V> {
        let (c, dx) = (&self.c, dx.single());
        let ddy = needs[0].then(|| cut(dx.conv(&saved[1], None, c), saved.shape(0)));
        let dw = needs[1].then(|| dx.conv_weight(&saved[0], saved.shape(1), c));
        [ddy, dw].into()
    }
}

struct ConvWeight {
    c: Convolution,
    shape: Shape,
}

impl Op for ConvWeight {
    fn name(&self) -> &'static str {
        "ConvolutionBackward0"
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        let shape = ("shape", self.shape.to_value());
        attributes(&self.c).into_iter().chain([shape]).collect()
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.input_if(save.needs[1], 0);
        save.input_if(save.needs[0], 1);
        x[0].conv_weight(&x[1], &self.shape, &self.c).into()
    }

    /// The gradient of the weight is linear in both: in `x` through `dy` as a kernel's, and the other way.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dw: Dy<V>, needs: &[bool]) -> Grads<V> {
        let (c, dw) = (&self.c, dw.single());
        let dx = needs[0].then(|| saved[1].conv_input(&dw, saved.shape(0), c));
        let ddy = needs[1].then(|| cut(saved[0].conv(&dw, None, c), saved.shape(1)));
        [dx, ddy].into()
    }
}

/// `y` without the last places of its axes that `shape` lacks: those of a transposed convolution with output
/// padding.
pub(super) fn cut<V: Differentiable>(y: V, shape: &[usize]) -> V {
    let longer: Vec<usize> = (0..shape.len()).filter(|&dim| y.value().shape()[dim] > shape[dim]).collect();
    longer.into_iter().fold(y, |y, dim| y.narrow(dim as isize, 0, shape[dim]))
}
