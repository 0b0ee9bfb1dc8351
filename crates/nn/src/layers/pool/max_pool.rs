use autograd::{MaxPoolOptions, Variable};
use tensor::{PerAxis, Tensor};

use crate::{Forward, Module, Training};

/// The largest element of each window that slides over the last `D` axes, as `torch.nn.MaxPool1d`,
/// `MaxPool2d` and `MaxPool3d`. The padding counts as −∞, and NaN as larger than everything.
///
/// # Shapes
/// - `x`: `[batch, channels, …]` or `[channels, …]`, and then `D` axes
/// - output: the same, with `⌊(n + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1` elements along
///   each of these, rounded up with `ceil_mode`
///
/// The stride is the window's size unless it is given.
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, MaxPool2d, MaxPoolOptions};
/// use tensor::arange;
///
/// let x = Variable::new(arange(0.0, 16.0, 1.0).reshape([1, 4, 4]));
/// assert_eq!(MaxPool2d::new(2).forward(&x).data().to_vec::<f32>(), [5.0, 7.0, 13.0, 15.0]);
/// let options = MaxPoolOptions { stride: Some(2.into()), padding: 1.into(), ..Default::default() };
/// let layer = MaxPool2d::with(3, options);
/// assert_eq!(layer.forward(&x).data().to_vec::<f32>(), [5.0, 7.0, 13.0, 15.0]);
/// assert_eq!(
///     layer.to_string(),
///     "MaxPool2d(kernel_size=3, stride=2, padding=1, dilation=1, ceil_mode=False)"
/// );
/// ```
#[derive(Module, Clone, Debug)]
#[module(hooks, name = ["MaxPool1d", "MaxPool2d", "MaxPool3d"][D - 1])]
pub struct MaxPool<const D: usize> {
    #[module(config)]
    kernel_size: PerAxis<D>,
    #[module(options)]
    options: MaxPoolOptions<D>,
    training: Training,
}

/// [`MaxPool`] over the last axis.
pub type MaxPool1d = MaxPool<1>;

/// [`MaxPool`] over the last two axes.
pub type MaxPool2d = MaxPool<2>;

/// [`MaxPool`] over the last three axes.
pub type MaxPool3d = MaxPool<3>;

impl<const D: usize> MaxPool<D> {
    /// Windows of this size beside each other.
    pub fn new(kernel_size: impl Into<PerAxis<D>>) -> Self {
        Self::with(kernel_size, MaxPoolOptions::default())
    }

    /// Windows of this size with the options given.
    pub fn with(kernel_size: impl Into<PerAxis<D>>, options: MaxPoolOptions<D>) -> Self {
        let kernel_size = kernel_size.into();
        let stride = Some(options.stride.unwrap_or(kernel_size));
        Self { kernel_size, options: MaxPoolOptions { stride, ..options }, training: Training::default() }
    }
}

macro_rules! forward {
    ($($D:literal: $function:ident, $with_indices:ident;)*) => {$(
        #[nn::hooks]
        impl Forward for MaxPool<$D> {
            #[track_caller]
            fn forward(&self, x: &Variable) -> Variable {
                x.$function(self.kernel_size, self.options)
            }
        }

        impl MaxPool<$D> {
            /// The maxima, and where each is among the elements of its channel, as torch's `return_indices`.
            ///
            /// # Panics
            /// If the axes are others, or no window fits.
            #[track_caller]
            pub fn forward_with_indices(&self, x: &Variable) -> (Variable, Tensor) {
                x.$with_indices(self.kernel_size, self.options)
            }
        }
    )*};
}

forward! {
    1: max_pool1d, max_pool1d_with_indices;
    2: max_pool2d, max_pool2d_with_indices;
    3: max_pool3d, max_pool3d_with_indices;
}
