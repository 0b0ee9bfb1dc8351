use autograd::Variable;
use tensor::{OutputSize, Tensor};

use crate::{Forward, Module, Training};

/// Means of as many parts of the last `D` axes as `output_size` says, as `torch.nn.AdaptiveAvgPool1d`,
/// `AdaptiveAvgPool2d` and `AdaptiveAvgPool3d`; `None` keeps the size of an axis. The `i`th of `m` parts of
/// an axis of size `n` is from `⌊i·n/m⌋` up to but without `⌈(i + 1)·n/m⌉`.
///
/// # Shapes
/// - `x`: `[batch, channels, …]` or `[channels, …]`, and then `D` axes
/// - output: the same, with the sizes asked for
///
/// ```
/// use autograd::Variable;
/// use nn::{AdaptiveAvgPool1d, AdaptiveAvgPool2d, Forward};
/// use tensor::arange;
///
/// let x = Variable::new(arange(1.0, 8.0, 1.0).reshape([1, 7]));
/// assert_eq!(AdaptiveAvgPool1d::new(3).forward(&x).data().to_vec::<f32>(), [2.0, 4.0, 6.0]);
/// let layer = AdaptiveAvgPool2d::new([None, Some(3)]);
/// assert_eq!(layer.to_string(), "AdaptiveAvgPool2d(output_size=(None, 3))");
/// ```
#[derive(Module, Clone, Debug)]
#[module(hooks, name = ["AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d"][D - 1])]
pub struct AdaptiveAvgPool<const D: usize> {
    #[module(config)]
    output_size: OutputSize<D>,
    training: Training,
}

/// The largest elements of as many parts of the last `D` axes as `output_size` says, as
/// `torch.nn.AdaptiveMaxPool1d`, `AdaptiveMaxPool2d` and `AdaptiveMaxPool3d`; parts and shapes are those of
/// [`AdaptiveAvgPool`].
///
/// ```
/// use autograd::Variable;
/// use nn::{AdaptiveMaxPool1d, Forward};
/// use tensor::arange;
///
/// let x = Variable::new(arange(1.0, 8.0, 1.0).reshape([1, 7]));
/// let (y, indices) = AdaptiveMaxPool1d::new(3).forward_with_indices(&x);
/// assert_eq!(y.data().to_vec::<f32>(), [3.0, 5.0, 7.0]);
/// assert_eq!(indices.to_vec::<i64>(), [2, 4, 6]);
/// ```
#[derive(Module, Clone, Debug)]
#[module(hooks, name = ["AdaptiveMaxPool1d", "AdaptiveMaxPool2d", "AdaptiveMaxPool3d"][D - 1])]
pub struct AdaptiveMaxPool<const D: usize> {
    #[module(config)]
    output_size: OutputSize<D>,
    training: Training,
}

macro_rules! layers {
    ($($D:literal over $axes:literal:
        $avg:ident $avg_function:ident, $max:ident $max_function:ident $with_indices:ident;)*) => {$(
        #[doc = concat!("[`AdaptiveAvgPool`] over ", $axes, ".")]
        pub type $avg = AdaptiveAvgPool<$D>;

        #[doc = concat!("[`AdaptiveMaxPool`] over ", $axes, ".")]
        pub type $max = AdaptiveMaxPool<$D>;

        #[nn::hooks]
        impl Forward for AdaptiveAvgPool<$D> {
            #[track_caller]
            fn forward(&self, x: &Variable) -> Variable {
                x.$avg_function(self.output_size)
            }
        }

        #[nn::hooks]
        impl Forward for AdaptiveMaxPool<$D> {
            #[track_caller]
            fn forward(&self, x: &Variable) -> Variable {
                x.$max_function(self.output_size)
            }
        }

        impl AdaptiveMaxPool<$D> {
            /// The maxima, and where each is among the elements of its channel, as torch's `return_indices`.
            ///
            /// # Panics
            /// If the axes are others.
            #[track_caller]
            pub fn forward_with_indices(&self, x: &Variable) -> (Variable, Tensor) {
                x.$with_indices(self.output_size)
            }
        }
    )*};
}

layers! {
    1 over "the last axis":
        AdaptiveAvgPool1d adaptive_avg_pool1d,
        AdaptiveMaxPool1d adaptive_max_pool1d adaptive_max_pool1d_with_indices;
    2 over "the last two axes":
        AdaptiveAvgPool2d adaptive_avg_pool2d,
        AdaptiveMaxPool2d adaptive_max_pool2d adaptive_max_pool2d_with_indices;
    3 over "the last three axes":
        AdaptiveAvgPool3d adaptive_avg_pool3d,
        AdaptiveMaxPool3d adaptive_max_pool3d adaptive_max_pool3d_with_indices;
}

impl<const D: usize> AdaptiveAvgPool<D> {
    /// So many parts of each axis.
    pub fn new(output_size: impl Into<OutputSize<D>>) -> Self {
        Self { output_size: output_size.into(), training: Training::default() }
    }
}

impl<const D: usize> AdaptiveMaxPool<D> {
    /// So many parts of each axis.
    pub fn new(output_size: impl Into<OutputSize<D>>) -> Self {
        Self { output_size: output_size.into(), training: Training::default() }
    }
}
