use smallvec::SmallVec;
use tensor::{ConvTransposeFuncOptions, Convolution, OptionValue, Tensor, Value};

use super::conv::{attributes, over_all_but_channels};
use super::gradients::cut;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// Transposed convolution over the last axis, as `torch.nn.functional.conv_transpose1d`; see
    /// [`Tensor::conv_transpose2d`].
    ///
    /// # Panics
    /// As [`Tensor::conv_transpose2d`].
    #[track_caller]
    pub fn conv_transpose1d(
        &self,
        weight: &Variable,
        bias: Option<&Variable>,
        options: ConvTransposeFuncOptions<1>,
    ) -> Variable {
        self.conv_transpose(weight, bias, &options.convolution(), &options.output_padding.axes())
    }

    /// Transposed convolution over the last two axes, as `torch.nn.functional.conv_transpose2d`; shapes as
    /// for [`Tensor::conv_transpose2d`].
    ///
    /// ```
    /// use autograd::Variable;
    /// use tensor::{ConvTransposeFuncOptions, ones};
    ///
    /// let (x, w) = (Variable::new(ones([2, 8, 4, 4])), Variable::new(ones([8, 3, 4, 4])));
    /// let options = ConvTransposeFuncOptions { stride: 2.into(), padding: 1.into(), ..Default::default() };
    /// assert_eq!(x.conv_transpose2d(&w, None, options).shape(), [2, 3, 8, 8]);
    /// ```
    ///
    /// # Panics
    /// As [`Tensor::conv_transpose2d`].
    #[track_caller]
    pub fn conv_transpose2d(
        &self,
        weight: &Variable,
        bias: Option<&Variable>,
        options: ConvTransposeFuncOptions<2>,
    ) -> Variable {
        self.conv_transpose(weight, bias, &options.convolution(), &options.output_padding.axes())
    }

    /// Transposed convolution over the last three axes, as `torch.nn.functional.conv_transpose3d`; see
    /// [`Tensor::conv_transpose2d`].
    ///
    /// # Panics
    /// As [`Tensor::conv_transpose2d`].
    #[track_caller]
    pub fn conv_transpose3d(
        &self,
        weight: &Variable,
        bias: Option<&Variable>,
        options: ConvTransposeFuncOptions<3>,
    ) -> Variable {
        self.conv_transpose(weight, bias, &options.convolution(), &options.output_padding.axes())
    }

    /// The transpose of the convolution `c`, over as many axes as it has, with so much added behind each.
    ///
    /// # Panics
    /// As [`Tensor::conv_transpose2d`].
    #[track_caller]
    pub fn conv_transpose(
        &self,
        weight: &Variable,
        bias: Option<&Variable>,
        c: &Convolution,
        output_padding: &[usize],
    ) -> Variable {
        let inputs: Vec<&Variable> = [self, weight].into_iter().chain(bias).collect();
        apply(ConvTranspose { c: c.clone(), output_padding: output_padding.into() }, &inputs).single()
    }
}

struct ConvTranspose {
    c: Convolution,
    output_padding: SmallVec<[usize; 3]>,
}

impl Op for ConvTranspose {
    fn name(&self) -> &'static str {
        "ConvolutionBackward0"
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        let more = ("output_padding", self.output_padding.to_value());
        attributes(&self.c).into_iter().chain([more]).collect()
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.factors(0, 1);
        x[0].conv_transpose(&x[1], x.get(2), &self.c, &self.output_padding).into()
    }

    /// As for the gradient of a convolution's input, which this is.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let (c, dy) = (&self.c, dy.single());
        let mut grads = Grads::default();
        grads.push(needs[0].then(|| cut(dy.conv(&saved[1], None, c), saved.shape(0))));
        grads.push(needs[1].then(|| dy.conv_weight(&saved[0], saved.shape(1), c)));
        if needs.len() == 3 {
            grads.push(needs[2].then(|| over_all_but_channels(&dy, c)));
        }
        grads
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::{gradchecks, numbers};

    #[test]
    fn gradients_match_finite_differences() {
        for (stride, padding, output_padding, dilation, groups) in
            [(2, 1, 1, 1, 1), (1, 0, 0, 2, 2), (3, 2, 2, 1, 2), (1, 1, 1, 2, 1)]
        {
            let options = ConvTransposeFuncOptions {
                stride: stride.into(),
                padding: padding.into(),
                output_padding: output_padding.into(),
                dilation: dilation.into(),
                groups,
            };
            let (x, w, b) = (numbers(&[2, 2, 3, 2]), numbers(&[2, 2, 3, 2]), numbers(&[2 * groups]));
            gradchecks(|v| v[0].conv_transpose2d(&v[1], Some(&v[2]), options), &[x.clone(), w.clone(), b]);
            gradchecks(|v| v[0].conv_transpose2d(&v[1], None, options), &[x.select(0, 0), w]);
        }
    }

    #[test]
    fn one_and_three_axes() {
        let options = ConvTransposeFuncOptions { stride: 2.into(), ..Default::default() };
        gradchecks(
            |v| v[0].conv_transpose1d(&v[1], None, options),
            &[numbers(&[2, 2, 3]), numbers(&[2, 2, 3])],
        );
        let options = ConvTransposeFuncOptions { stride: [1, 2, 1].into(), ..Default::default() };
        let (x, w) = (numbers(&[1, 2, 2, 2, 2]), numbers(&[2, 1, 2, 2, 2]));
        gradchecks(|v| v[0].conv_transpose3d(&v[1], None, options), &[x, w]);
    }
}
