use tensor::{OptionValue, Patches, PerAxis, Tensor, Value, Window};

use crate::{Differentiable, Dy, Grads, Op, Options, Outputs, Saved, Saver, Variable, apply};

/// The options of [`unfold`] and [`fold`], and of `nn::Unfold` and `nn::Fold`.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
#[options(crate = tensor)]
pub struct UnfoldOptions {
    /// The distance from one element of a patch to the next. Default 1.
    #[option(default = PerAxis::All(1))]
    pub dilation: PerAxis<2>,
    /// The length of the padding before and behind each axis, which is of zeros. Default 0.
    #[option(default = PerAxis::All(0))]
    pub padding: PerAxis<2>,
    /// The distance from one patch to the next. Default 1.
    #[option(default = PerAxis::All(1))]
    pub stride: PerAxis<2>,
}

impl UnfoldOptions {
    fn window(&self, kernel_size: PerAxis<2>) -> Window<2> {
        let [stride, padding, dilation] =
            [self.stride, self.padding, self.dilation].map(|sizes| sizes.axes());
        Window { stride, padding, dilation, ..Window::from(kernel_size) }
    }
}

/// The patches of images that a window slides over, a column each, as `torch.nn.functional.unfold`; see
/// [`Tensor::im2col`](tensor::Tensor::im2col). Its gradient is the [`fold`] of the columns' gradients.
///
/// ```
/// use autograd::{UnfoldOptions, Variable, unfold};
///
/// let x = Variable::new(tensor::ones([1, 3, 3])).requires_grad_(true);
/// let y = unfold(&x, 2, UnfoldOptions::default());
/// assert_eq!(y.shape(), [4, 4]);
/// y.sum().backward();
/// assert_eq!(x.grad().unwrap().to_vec::<f32>(), [1., 2., 1., 2., 4., 2., 1., 2., 1.]);
/// ```
///
/// # Panics
/// In torch's words, if the axes are others, a size is 0 or no window fits.
#[track_caller]
pub fn unfold(x: &Variable, kernel_size: impl Into<PerAxis<2>>, options: UnfoldOptions) -> Variable {
    let kernel_size = kernel_size.into();
    let patches = Patches::of_images("unfold", &x.shape(), &options.window(kernel_size));
    let mut attributes = vec![("kernel_size", kernel_size.to_value())];
    attributes.extend(Options::saved(&options));
    apply(Fold { patches, attributes, folds: false, first: "unfold" }, &[x]).single()
}

/// Images of zeros with the patches added where [`unfold`] takes them, as `torch.nn.functional.fold`; see
/// [`Tensor::col2im`](tensor::Tensor::col2im).
///
/// ```
/// use autograd::{UnfoldOptions, Variable, fold};
///
/// let x = Variable::new(tensor::ones([4, 2]));
/// let y = fold(&x, [2, 3], 2, UnfoldOptions::default());
/// assert_eq!(y.data().to_vec::<f32>(), [1.0, 2.0, 1.0, 1.0, 2.0, 1.0]);
/// ```
///
/// # Panics
/// In torch's words, if the axes are others, a size is 0 or the patches are not so many. If the dtype is
/// neither `F32` nor `F64`.
#[track_caller]
pub fn fold(
    x: &Variable,
    output_size: impl Into<PerAxis<2>>,
    kernel_size: impl Into<PerAxis<2>>,
    options: UnfoldOptions,
) -> Variable {
    let (output_size, kernel_size) = (output_size.into(), kernel_size.into());
    let patches = Patches::of_columns("fold", &x.shape(), output_size, &options.window(kernel_size));
    let mut attributes =
        vec![("output_size", output_size.to_value()), ("kernel_size", kernel_size.to_value())];
    attributes.extend(Options::saved(&options));
    apply(Fold { patches, attributes, folds: true, first: "fold" }, &[x]).single()
}

/// Patches taken out, or with `folds` added back: each is the gradient of the other.
#[derive(Clone)]
struct Fold {
    patches: Patches,
    attributes: Vec<(&'static str, Value)>,
    folds: bool,
    /// The function that was called, for messages.
    first: &'static str,
}

impl Op for Fold {
    fn name(&self) -> &'static str {
        if self.folds { "Col2ImBackward0" } else { "Im2ColBackward0" }
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        self.attributes.clone()
    }

    fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
        if self.folds { self.patches.add(self.first, &x[0]) } else { self.patches.take(&x[0]) }.into()
    }

    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        dy.single().through(Fold { folds: !self.folds, ..self.clone() }).into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use super::*;
    use crate::gradcheck::gradchecks;

    #[test]
    fn unfold_gradient_matches_finite_differences() {
        let ramp = |shape: &[usize]| {
            let n: usize = shape.iter().product();
            Tensor::from_vec((0..n).map(|i| ((i * 37) % 17) as f64 / 8.0 - 1.0).collect(), shape)
        };
        let plain = UnfoldOptions::default();
        gradchecks(|x| unfold(&x[0], 2, plain).square(), &[ramp(&[2, 3, 4])]);
        gradchecks(|x| fold(&x[0], [3, 4], 2, plain).square(), &[ramp(&[2, 8, 6])]);
        let options = UnfoldOptions { dilation: [2, 1].into(), padding: 1.into(), stride: [1, 3].into() };
        gradchecks(|x| unfold(&x[0], (2, 3), options), &[ramp(&[1, 2, 3, 5])]);
        gradchecks(|x| fold(&x[0], [3, 5], (2, 3), options), &[ramp(&[12, 6])]);
    }
}
