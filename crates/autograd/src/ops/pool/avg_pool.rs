use tensor::{Divisor, OptionValue, PerAxis, Planes, Tensor, Value, Window};

use crate::{Differentiable, Dy, Grads, Op, Options, Outputs, Saved, Saver, Variable, apply};

/// The options of [`Variable::avg_pool2d`], of those over other axes, and of `nn::AvgPool`.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
#[options(crate = tensor)]
pub struct AvgPoolOptions<const D: usize> {
    /// The distance from one window to the next. Default the window's size.
    pub stride: Option<PerAxis<D>>,
    /// The length of the padding before and behind each axis, which is of zeros. Default 0.
    #[option(default = PerAxis::All(0))]
    pub padding: PerAxis<D>,
    /// Whether windows that reach beyond the end count. Default no.
    #[option(shown = never)]
    pub ceil_mode: bool,
    /// Whether the zeros of the padding count in the mean. Default yes.
    #[option(default = true, shown = never)]
    pub count_include_pad: bool,
    /// What every sum is divided by, instead of the number of elements.
    #[option(shown = never)]
    pub divisor_override: Option<i64>,
}

impl<const D: usize> AvgPoolOptions<D> {
    fn window(&self, kernel_size: PerAxis<D>) -> Window<D> {
        let stride = self.stride.unwrap_or(kernel_size).axes();
        let (padding, ceil_mode) = (self.padding.axes(), self.ceil_mode);
        Window { stride, padding, ceil_mode, ..Window::from(kernel_size) }
    }

    fn divisor(&self) -> Divisor {
        match self.divisor_override {
            Some(divisor) => Divisor::Always(divisor),
            None if self.count_include_pad => Divisor::Padded,
            None => Divisor::Inside,
        }
    }
}

/// The methods for each number of axes.
macro_rules! avg_pools {
    ($($name:ident | $D:literal over $axes:literal as $node:literal;)*) => {$(
        impl Variable {
            #[doc = concat!("The mean of each window that slides over ", $axes, ", as `torch.nn.functional.", stringify!($name), "`;")]
            #[doc = concat!("shapes as for [`Tensor::", stringify!($name), "`].")]
            ///
            /// ```
            /// use autograd::{AvgPoolOptions, Variable};
            ///
            /// let x = Variable::new(tensor::arange(0.0, 16.0, 1.0).reshape([1, 4, 4]));
            /// let y = x.avg_pool2d(2, AvgPoolOptions::default());
            /// assert_eq!(y.data().to_vec::<f32>(), [2.5, 4.5, 10.5, 12.5]);
            /// ```
            ///
            /// # Panics
            #[doc = concat!("As [`Tensor::", stringify!($name), "`].")]
            #[track_caller]
            pub fn $name(&self, kernel_size: impl Into<PerAxis<$D>>, options: AvgPoolOptions<$D>) -> Variable {
                let (op, kernel_size, divisor) = (stringify!($name), kernel_size.into(), options.divisor());
                let planes = options.window(kernel_size).mean_planes(op, &self.shape(), divisor);
                let mut attributes = vec![("kernel_size", kernel_size.to_value())];
                attributes.extend(Options::saved(&options));
                let mean = Averaged { op, node: $node, planes, divisor, attributes, back: false };
                apply(mean, &[self]).single()
            }
        }
    )*};
}

avg_pools! {
    avg_pool1d | 1 over "the last axis" as "AvgPool2DBackward0";
    avg_pool2d | 2 over "the last two axes" as "AvgPool2DBackward0";
    avg_pool3d | 3 over "the last three axes" as "AvgPool3DBackward0";
}

/// The means of windows, or with `back` the way back: each is the gradient of the other.
#[derive(Clone)]
pub(super) struct Averaged {
    /// The name of the method.
    pub(super) op: &'static str,
    /// The name that torch prints.
    pub(super) node: &'static str,
    pub(super) planes: Planes,
    pub(super) divisor: Divisor,
    pub(super) attributes: Vec<(&'static str, Value)>,
    pub(super) back: bool,
}

impl Op for Averaged {
    fn name(&self) -> &'static str {
        self.node
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        self.attributes.clone()
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.spent();
        let Self { op, planes, divisor, .. } = self;
        if self.back { planes.spread(op, &x[0], *divisor) } else { planes.average(op, &x[0], *divisor) }
            .into()
    }

    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        dy.single().through(Averaged { back: !self.back, ..self.clone() }).into()
    }
}

#[cfg(test)]
mod tests {
    use super::AvgPoolOptions;
    use crate::gradcheck::{gradchecks, ramp};

    #[test]
    fn avg_pool_gradient_matches_finite_differences() {
        gradchecks(|x| x[0].avg_pool1d(2, AvgPoolOptions::default()), &[ramp(&[2, 2, 5])]);
        let padded = AvgPoolOptions { stride: Some(2.into()), padding: 1.into(), ..Default::default() };
        gradchecks(|x| x[0].avg_pool2d(3, padded).square(), &[ramp(&[2, 5, 6])]);
        let inside = AvgPoolOptions { count_include_pad: false, ceil_mode: true, ..padded };
        gradchecks(|x| x[0].avg_pool2d([2, 3], inside), &[ramp(&[1, 1, 5, 24])]);
        let fixed = AvgPoolOptions { divisor_override: Some(3), ..Default::default() };
        gradchecks(|x| x[0].avg_pool3d(2, fixed), &[ramp(&[1, 3, 2, 3])]);
        gradchecks(|x| x[0].adaptive_avg_pool2d([2, 3]).square(), &[ramp(&[2, 5, 4])]);
        gradchecks(|x| x[0].adaptive_avg_pool1d(4), &[ramp(&[2, 3])]);
        gradchecks(|x| x[0].adaptive_avg_pool3d(1), &[ramp(&[2, 3, 2, 2])]);
    }
}
