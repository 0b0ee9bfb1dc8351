use tensor::{OptionValue, PerAxis, Planes, Tensor, Value, Window};

use crate::{Differentiable, Dy, Grads, Op, Options, Outputs, Saved, Saver, Variable, apply};

/// The options of [`Variable::max_pool2d`], of those over other axes, and of `nn::MaxPool`.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
#[options(crate = tensor)]
pub struct MaxPoolOptions<const D: usize> {
    /// The distance from one window to the next. Default the window's size.
    pub stride: Option<PerAxis<D>>,
    /// The length of the padding before and behind each axis; it counts as −∞. Default 0.
    #[option(default = PerAxis::All(0))]
    pub padding: PerAxis<D>,
    /// The distance between a window's elements. Default 1.
    #[option(default = PerAxis::All(1))]
    pub dilation: PerAxis<D>,
    /// Whether windows that reach beyond the end count. Default no.
    pub ceil_mode: bool,
}

impl<const D: usize> MaxPoolOptions<D> {
    /// A window of this size, with these options.
    pub(super) fn window(&self, kernel_size: PerAxis<D>) -> Window<D> {
        let Self { stride, padding, dilation, ceil_mode } = *self;
        Window {
            kernel_size: kernel_size.axes(),
            stride: stride.unwrap_or(kernel_size).axes(),
            padding: padding.axes(),
            dilation: dilation.axes(),
            ceil_mode,
        }
    }
}

/// The methods for each number of axes.
macro_rules! max_pools {
    ($($name:ident $with_indices:ident | $D:literal over $axes:literal as $node:literal;)*) => {$(
        impl Variable {
            #[doc = concat!("The largest element of each window that slides over ", $axes, ", as `torch.nn.functional.", stringify!($name), "`;")]
            #[doc = concat!("shapes as for [`Tensor::", stringify!($name), "`].")]
            /// The gradient goes to the maxima.
            ///
            /// ```
            /// use autograd::{MaxPoolOptions, Variable};
            ///
            /// let x = Variable::new(tensor::arange(0.0, 16.0, 1.0).reshape([1, 4, 4])).requires_grad_(true);
            /// let y = x.max_pool2d(3, MaxPoolOptions { stride: Some(1.into()), ..Default::default() });
            /// assert_eq!(y.data().to_vec::<f32>(), [10.0, 11.0, 14.0, 15.0]);
            /// y.sum().backward();
            /// assert_eq!(x.grad().unwrap().to_vec::<f32>()[8..], [0., 0., 1., 1., 0., 0., 1., 1.]);
            /// ```
            ///
            /// # Panics
            #[doc = concat!("As [`Tensor::", stringify!($name), "`].")]
            #[track_caller]
            pub fn $name(&self, kernel_size: impl Into<PerAxis<$D>>, options: MaxPoolOptions<$D>) -> Variable {
                let op = MaxPool::sliding(self, stringify!($name), $node, kernel_size.into(), options);
                apply(op, &[self]).single()
            }

            #[doc = concat!("[`Variable::", stringify!($name), "`], and where each maximum is, as")]
            #[doc = concat!("[`Tensor::", stringify!($with_indices), "`].")]
            ///
            /// # Panics
            #[doc = concat!("As [`Tensor::", stringify!($name), "`].")]
            #[track_caller]
            pub fn $with_indices(
                &self,
                kernel_size: impl Into<PerAxis<$D>>,
                options: MaxPoolOptions<$D>,
            ) -> (Variable, Tensor) {
                MaxPool::sliding(self, stringify!($name), $node, kernel_size.into(), options).with_indices(self)
            }
        }
    )*};
}

max_pools! {
    max_pool1d max_pool1d_with_indices | 1 over "the last axis" as "MaxPool2DWithIndicesBackward0";
    max_pool2d max_pool2d_with_indices | 2 over "the last two axes" as "MaxPool2DWithIndicesBackward0";
    max_pool3d max_pool3d_with_indices | 3 over "the last three axes" as "MaxPool3DWithIndicesBackward0";
}

/// The maxima of windows.
pub(super) struct MaxPool {
    /// The name of the method.
    pub(super) op: &'static str,
    /// The name that torch prints.
    pub(super) node: &'static str,
    pub(super) planes: Planes,
    pub(super) attributes: Vec<(&'static str, Value)>,
    /// Whether the second output is where the maxima are.
    pub(super) indices: bool,
}

impl MaxPool {
    #[track_caller]
    fn sliding<const D: usize>(
        x: &Variable,
        op: &'static str,
        node: &'static str,
        kernel_size: PerAxis<D>,
        options: MaxPoolOptions<D>,
    ) -> MaxPool {
        let planes = options.window(kernel_size).planes(op, &x.shape());
        let mut attributes = vec![("kernel_size", kernel_size.to_value())];
        attributes.extend(Options::saved(&options));
        MaxPool { op, node, planes, attributes, indices: false }
    }

    #[track_caller]
    pub(super) fn with_indices(self, x: &Variable) -> (Variable, Tensor) {
        let [y, indices] = apply(MaxPool { indices: true, ..self }, &[x]).array();
        (y, indices.data())
    }
}

impl Op for MaxPool {
    fn name(&self) -> &'static str {
        self.node
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        self.attributes.clone()
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        if !self.indices && !save.needs[0] {
            return self.planes.max(self.op, &x[0]).into();
        }
        let (y, places) = self.planes.max_with_places(self.op, &x[0]);
        save.constant(|| places.clone());
        if self.indices { [y, self.planes.indices(&places)].into() } else { y.into() }
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let dy = dy.into_iter().next().flatten();
        let places = saved[0].value().into_owned();
        let scatter = Picked { node: self.node, planes: self.planes.clone(), places, back: true };
        [dy.map(|dy| dy.through(scatter))].into()
    }
}

/// The elements at the maxima's places, or with `back` the way from there into zeros:
/// each the gradient of the other.
struct Picked {
    node: &'static str,
    planes: Planes,
    places: Tensor,
    back: bool,
}

impl Op for Picked {
    fn name(&self) -> &'static str {
        self.node
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.spent();
        let Self { planes, places, .. } = self;
        if self.back { planes.scatter(&x[0], places) } else { planes.gather(&x[0], places) }.into()
    }

    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let (planes, places) = (self.planes.clone(), self.places.clone());
        dy.single().through(Picked { node: self.node, planes, places, back: !self.back }).into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use super::MaxPoolOptions;
    use crate::gradcheck::gradchecks;

    /// Different numbers in no order.
    fn mixed(shape: &[usize]) -> Tensor {
        let n: usize = shape.iter().product();
        Tensor::from_vec((0..n).map(|i| ((i * 37) % (n | 1)) as f64 / 7.0 - 2.0).collect(), shape)
    }

    #[test]
    fn max_pool_gradient_matches_finite_differences() {
        gradchecks(|x| x[0].max_pool1d(2, MaxPoolOptions::default()), &[mixed(&[2, 2, 5])]);
        let padded = MaxPoolOptions { stride: Some(2.into()), padding: 1.into(), ..Default::default() };
        gradchecks(|x| x[0].max_pool2d(3, padded), &[mixed(&[2, 5, 6])]);
        let apart = MaxPoolOptions { dilation: [2, 1].into(), stride: Some(1.into()), ..Default::default() };
        gradchecks(|x| x[0].max_pool2d([2, 3], apart).square(), &[mixed(&[1, 1, 5, 4])]);
        let ceil = MaxPoolOptions { ceil_mode: true, ..Default::default() };
        gradchecks(|x| x[0].max_pool3d(2, ceil), &[mixed(&[1, 3, 2, 3])]);
        gradchecks(|x| x[0].max_pool3d_with_indices(2, ceil).0, &[mixed(&[1, 3, 3, 1])]);
        gradchecks(|x| x[0].adaptive_max_pool2d([2, 3]).square(), &[mixed(&[2, 5, 4])]);
    }

    #[test]
    fn a_large_window_has_its_gradient_too() {
        gradchecks(|x| x[0].max_pool2d(17, MaxPoolOptions::default()), &[mixed(&[1, 17, 18])]);
    }
}
