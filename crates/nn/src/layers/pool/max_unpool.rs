use autograd::{MaxUnpoolOptions, Variable};
use tensor::{PerAxis, Tensor};

use crate::{Module, Training};

/// Zeros with the elements where a [`MaxPool`](crate::MaxPool) found them, as `torch.nn.MaxUnpool1d`,
/// `MaxUnpool2d` and `MaxUnpool3d`. It is no layer of a `Sequential`, since it takes the indices, too.
///
/// # Shapes
/// - `x`, `indices`: `[batch, channels, …]` or `[channels, …]`, and then `D` axes
/// - output: the same, with `(n − 1)·stride − 2·padding + kernel_size` elements along each of these
///
/// ```
/// use autograd::Variable;
/// use nn::{MaxPool1d, MaxUnpool1d};
/// use tensor::Tensor;
///
/// let x = Variable::new(Tensor::from([[1.0f32, 3.0, 4.0, 2.0]]));
/// let (y, indices) = MaxPool1d::new(2).forward_with_indices(&x);
/// let layer = MaxUnpool1d::new(2);
/// assert_eq!(layer.forward(&y, &indices).data().to_vec::<f32>(), [0.0, 3.0, 4.0, 0.0]);
/// assert_eq!(layer.to_string(), "MaxUnpool1d(kernel_size=(2,), stride=(2,), padding=(0,))");
/// ```
#[derive(Module, Clone, Debug)]
#[module(name = ["MaxUnpool1d", "MaxUnpool2d", "MaxUnpool3d"][D - 1])]
pub struct MaxUnpool<const D: usize> {
    #[module(config)]
    kernel_size: PerAxis<D>,
    #[module(options)]
    options: MaxUnpoolOptions<D>,
    training: Training,
}

/// [`MaxUnpool`] over the last axis.
pub type MaxUnpool1d = MaxUnpool<1>;

/// [`MaxUnpool`] over the last two axes.
pub type MaxUnpool2d = MaxUnpool<2>;

/// [`MaxUnpool`] over the last three axes.
pub type MaxUnpool3d = MaxUnpool<3>;

impl<const D: usize> MaxUnpool<D> {
    /// The way back from windows of this size beside each other.
    pub fn new(kernel_size: impl Into<PerAxis<D>>) -> Self {
        Self::with(kernel_size, MaxUnpoolOptions::default())
    }

    /// The way back from windows of this size with the options given.
    pub fn with(kernel_size: impl Into<PerAxis<D>>, options: MaxUnpoolOptions<D>) -> Self {
        let kernel_size = kernel_size.into();
        let stride = Some(options.stride.unwrap_or(kernel_size).each());
        let options = MaxUnpoolOptions { stride, padding: options.padding.each() };
        Self { kernel_size: kernel_size.each(), options, training: Training::default() }
    }
}

macro_rules! forward {
    ($($D:literal: $function:ident;)*) => {$(
        impl MaxUnpool<$D> {
            /// The smallest image that the pool makes this of.
            ///
            /// # Panics
            /// If the axes are others, or an index is outside the image.
            #[track_caller]
            pub fn forward(&self, x: &Variable, indices: &Tensor) -> Variable {
                x.$function(indices, self.kernel_size, self.options, None)
            }

            /// The image of this size, which may be less than a stride away from that.
            ///
            /// # Panics
            /// If the axes are others, the pool cannot have had this size, or an index is outside the image.
            #[track_caller]
            pub fn forward_to(&self, x: &Variable, indices: &Tensor, output_size: [usize; $D]) -> Variable {
                x.$function(indices, self.kernel_size, self.options, Some(output_size))
            }
        }
    )*};
}

forward! {
    1: max_unpool1d;
    2: max_unpool2d;
    3: max_unpool3d;
}
