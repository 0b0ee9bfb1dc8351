use tensor::{ConvFuncOptions, Convolution, OptionValue, Tensor, Value};

use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// Convolution over the last axis, as `torch.nn.functional.conv1d`: [`Variable::conv2d`] with one axis.
    ///
    /// # Panics
    /// As [`Tensor::conv2d`].
    #[track_caller]
    pub fn conv1d(
        &self,
        weight: &Variable,
        bias: Option<&Variable>,
        options: ConvFuncOptions<1>,
    ) -> Variable {
        self.conv(weight, bias, &options.convolution(&weight.shape()))
    }

    /// Convolution over the last two axes, as `torch.nn.functional.conv2d`; shapes as for [`Tensor::conv2d`].
    ///
    /// ```
    /// use autograd::Variable;
    /// use tensor::{ConvFuncOptions, Tensor, ones};
    ///
    /// let x = Variable::new(Tensor::from([[[1.0f32, 2.0], [3.0, 4.0]]])); // one image without a batch
    /// let w = Variable::new(ones([1, 1, 1, 2])).requires_grad_(true);
    /// let y = x.conv2d(&w, None, ConvFuncOptions::default());
    /// assert_eq!(y.data().to_vec::<f32>(), [3.0, 7.0]);
    /// y.sum().backward();
    /// assert_eq!(w.grad().unwrap().to_vec::<f32>(), [4.0, 6.0]);
    /// ```
    ///
    /// # Panics
    /// As [`Tensor::conv2d`].
    #[track_caller]
    pub fn conv2d(
        &self,
        weight: &Variable,
        bias: Option<&Variable>,
        options: ConvFuncOptions<2>,
    ) -> Variable {
        self.conv(weight, bias, &options.convolution(&weight.shape()))
    }

    /// Convolution over the last three axes, as `torch.nn.functional.conv3d`:
    /// [`Variable::conv2d`] with a third axis.
    ///
    /// # Panics
    /// As [`Tensor::conv2d`].
    #[track_caller]
    pub fn conv3d(
        &self,
        weight: &Variable,
        bias: Option<&Variable>,
        options: ConvFuncOptions<3>,
    ) -> Variable {
        self.conv(weight, bias, &options.convolution(&weight.shape()))
    }

    /// The convolution `c`, over as many axes as it has.
    ///
    /// # Panics
    /// As [`Tensor::conv2d`].
    #[track_caller]
    pub fn conv(&self, weight: &Variable, bias: Option<&Variable>, c: &Convolution) -> Variable {
        let inputs: Vec<&Variable> = [self, weight].into_iter().chain(bias).collect();
        apply(Conv(c.clone()), &inputs).single()
    }
}

struct Conv(Convolution);

impl Op for Conv {
    fn name(&self) -> &'static str {
        "ConvolutionBackward0"
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        attributes(&self.0)
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.factors(0, 1);
        x[0].conv(&x[1], x.get(2), &self.0).into()
    }

    /// `dx` and `dw` are convolutions of `dy` with the other one, `db` is the sum of `dy` over all but its
    /// channels.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let (c, dy) = (&self.0, dy.single());
        let mut grads = Grads::default();
        grads.push(needs[0].then(|| dy.conv_input(&saved[1], saved.shape(0), c)));
        let bias = needs.get(2).is_some_and(|&needed| needed);
        if let (true, true, Some(x), Some(plain)) = (needs[1], bias, saved[0].plain(), dy.plain()) {
            let (dw, db) = x.conv_weight_and_bias(plain, saved.shape(1), c);
            grads.push(Some(V::constant(dw)));
            grads.push(Some(V::constant(db)));
            return grads;
        }
        grads.push(needs[1].then(|| saved[0].conv_weight(&dy, saved.shape(1), c)));
        if needs.len() == 3 {
            grads.push(bias.then(|| over_all_but_channels(&dy, c)));
        }
        grads
    }
}

/// The gradient of the bias.
pub(super) fn over_all_but_channels<V: Differentiable>(dy: &V, c: &Convolution) -> V {
    if let Some(plain) = dy.plain() {
        return V::constant(plain.conv_bias(c));
    }
    let ndim = dy.value().ndim();
    let channels = ndim - c.axes() - 1;
    let dims: Vec<isize> = (0..ndim).filter(|&dim| dim != channels).map(|dim| dim as isize).collect();
    dy.sum_dim(&dims, false)
}

/// The attributes of a convolution by torch's names; padding before and behind each axis.
pub(super) fn attributes(c: &Convolution) -> Vec<(&'static str, Value)> {
    let padding = c.padding().iter().map(|&[before, behind]| (before, behind).to_value()).collect();
    vec![
        ("stride", c.stride().to_vec().to_value()),
        ("padding", Value::List(padding)),
        ("dilation", c.dilation().to_vec().to_value()),
        ("groups", c.groups().to_value()),
    ]
}

#[cfg(test)]
mod tests {
    use tensor::{ConvFuncOptions, Padding};

    use crate::gradcheck::{gradchecks, numbers};

    #[test]
    fn gradients_match_finite_differences() {
        let padding: [Padding<2>; 3] = [1.into(), "same".into(), [0, 2].into()];
        for (padding, stride, dilation, groups) in
            [(padding[0], 2, 1, 1), (padding[1], 1, 2, 2), (padding[2], 3, 1, 2), (padding[0], 1, 2, 1)]
        {
            let options =
                ConvFuncOptions { padding, stride: stride.into(), dilation: dilation.into(), groups };
            let (x, w, b) = (numbers(&[2, 2, 5, 4]), numbers(&[4, 2 / groups, 2, 3]), numbers(&[4]));
            gradchecks(|v| v[0].conv2d(&v[1], Some(&v[2]), options), &[x.clone(), w.clone(), b.clone()]);
            gradchecks(|v| v[0].conv2d(&v[1], Some(&v[2]), options), &[x.select(0, 0), w, b]);
        }
    }

    #[test]
    fn one_and_three_axes() {
        let options = ConvFuncOptions { stride: 2.into(), padding: 1.into(), ..Default::default() };
        gradchecks(|v| v[0].conv1d(&v[1], None, options), &[numbers(&[2, 2, 5]), numbers(&[3, 2, 3])]);
        let options =
            ConvFuncOptions { stride: [2, 1, 1].into(), padding: [1, 0, 1].into(), ..Default::default() };
        let (x, w) = (numbers(&[1, 2, 3, 3, 2]), numbers(&[2, 2, 2, 2, 2]));
        gradchecks(|v| v[0].conv3d(&v[1], None, options), &[x, w]);
    }
}
