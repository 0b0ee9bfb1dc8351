use autograd::{AvgPoolOptions, Variable};
use tensor::PerAxis;

use crate::{Forward, Module, Training};

/// The mean of each window that slides over the last `D` axes, as `torch.nn.AvgPool1d`, `AvgPool2d` and
/// `AvgPool3d`.
///
/// # Shapes
/// - `x`: `[batch, channels, …]` or `[channels, …]`, and then `D` axes
/// - output: the same, with `⌊(n + 2·padding − kernel_size) / stride⌋ + 1` elements along each of
///   these, rounded up with `ceil_mode`
///
/// The stride is the window's size unless it is given, and zeros of the padding count.
///
/// ```
/// use autograd::Variable;
/// use nn::{AvgPool2d, AvgPoolOptions, Forward};
/// use tensor::ones;
///
/// let x = Variable::new(ones([1, 3, 3]));
/// let options = AvgPoolOptions { stride: Some(1.into()), padding: 1.into(), ..Default::default() };
/// let layer = AvgPool2d::with(3, options);
/// assert_eq!(layer.forward(&x).data().to_vec::<f32>()[0], 4.0 / 9.0);
/// assert_eq!(layer.to_string(), "AvgPool2d(kernel_size=3, stride=1, padding=1)");
/// ```
#[derive(Module, Clone, Debug)]
#[module(hooks, name = ["AvgPool1d", "AvgPool2d", "AvgPool3d"][D - 1])]
pub struct AvgPool<const D: usize> {
    #[module(config)]
    kernel_size: PerAxis<D>,
    #[module(options)]
    options: AvgPoolOptions<D>,
    training: Training,
}

/// [`AvgPool`] over the last axis.
pub type AvgPool1d = AvgPool<1>;

/// [`AvgPool`] over the last two axes.
pub type AvgPool2d = AvgPool<2>;

/// [`AvgPool`] over the last three axes.
pub type AvgPool3d = AvgPool<3>;

impl<const D: usize> AvgPool<D> {
    /// Windows of this size beside each other.
    pub fn new(kernel_size: impl Into<PerAxis<D>>) -> Self {
        Self::with(kernel_size, AvgPoolOptions::default())
    }

    /// Windows of this size with the options given.
    pub fn with(kernel_size: impl Into<PerAxis<D>>, options: AvgPoolOptions<D>) -> Self {
        let kernel_size = kernel_size.into();
        // torch keeps a number for each axis where there is one axis, and prints it so.
        let kept = |sizes: PerAxis<D>| if D == 1 { sizes.each() } else { sizes };
        let stride = Some(kept(options.stride.unwrap_or(kernel_size)));
        let options = AvgPoolOptions { stride, padding: kept(options.padding), ..options };
        Self { kernel_size: kept(kernel_size), options, training: Training::default() }
    }
}

macro_rules! forward {
    ($($D:literal: $function:ident;)*) => {$(
        #[nn::hooks]
        impl Forward for AvgPool<$D> {
            #[track_caller]
            fn forward(&self, x: &Variable) -> Variable {
                x.$function(self.kernel_size, self.options)
            }
        }
    )*};
}

forward! {
    1: avg_pool1d;
    2: avg_pool2d;
    3: avg_pool3d;
}
