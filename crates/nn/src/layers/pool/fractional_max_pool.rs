use autograd::Variable;
use tensor::{PerAxis, Spatial, Tensor};

use crate::functional::{FractionalMaxPoolOptions, fractional};
use crate::{Buffer, Forward, Module, Options, Training};

/// The largest element of each of `output_size` windows along the last `D` axes, which overlap and lie at
/// random (Graham, *Fractional max-pooling*, 2014), as `torch.nn.FractionalMaxPool2d` and
/// `FractionalMaxPool3d`. Each channel of each image draws one number for each axis, in training and
/// evaluation mode alike, after the same [`tensor::manual_seed`] torch's.
///
/// # Shapes
/// - `x`: `[batch, channels, …]` or `[channels, …]`, and then `D` axes
/// - output: the same, with `output_size` elements along each of these, or `⌊output_ratio·n⌋`
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, FractionalMaxPool2d};
/// use tensor::arange;
///
/// tensor::manual_seed(0);
/// let layer = FractionalMaxPool2d::new(2, [1, 3]);
/// let y = layer.forward(&Variable::new(arange(0.0, 10.0, 1.0).reshape([1, 2, 5])));
/// assert_eq!(y.data().to_vec::<f32>(), [6.0, 8.0, 9.0]);
/// ```
#[derive(Module, Clone, Debug)]
#[module(name = ["", "FractionalMaxPool2d", "FractionalMaxPool3d"][D - 1], extra_repr = Self::describe)]
pub struct FractionalMaxPool<const D: usize> {
    #[module(config)]
    kernel_size: PerAxis<D>,
    #[module(options)]
    options: FractionalMaxPoolOptions,
    #[module(name = "_random_samples")]
    random_samples: Option<Buffer>,
    training: Training,
}

/// [`FractionalMaxPool`] over the last two axes.
pub type FractionalMaxPool2d = FractionalMaxPool<2>;

/// [`FractionalMaxPool`] over the last three axes.
pub type FractionalMaxPool3d = FractionalMaxPool<3>;

impl<const D: usize> FractionalMaxPool<D> {
    /// So many windows of this size.
    pub fn new(kernel_size: impl Into<PerAxis<D>>, output_size: impl Into<Spatial<usize>>) -> Self {
        let options =
            FractionalMaxPoolOptions { output_size: Some(output_size.into()), ..Default::default() };
        Self::with(kernel_size, options)
    }

    /// Windows of this size, as many as the options say.
    ///
    /// # Panics
    /// Unless there is either an output size or a ratio.
    #[track_caller]
    pub fn with(kernel_size: impl Into<PerAxis<D>>, mut options: FractionalMaxPoolOptions) -> Self {
        options.assert_valid(Self::kind_name());
        let random_samples = options.random_samples.take().map(Buffer::new);
        Self { kernel_size: kernel_size.into(), options, random_samples, training: Training::default() }
    }

    /// The maxima, and where each is among the elements of its channel, as torch's `return_indices`.
    ///
    /// # Panics
    /// If the axes are others, or no window fits.
    #[track_caller]
    pub fn forward_with_indices(&self, x: &Variable) -> (Variable, Tensor) {
        let random_samples = self.random_samples.as_ref().map(|samples| samples.data());
        let options = FractionalMaxPoolOptions { random_samples, ..self.options.clone() };
        fractional::pool(x, self.kernel_size, &options)
    }

    /// Nothing, as in torch.
    fn describe(&self) -> String {
        String::new()
    }
}

#[nn::hooks]
impl<const D: usize> Forward for FractionalMaxPool<D> {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        self.forward_with_indices(x).0
    }
}
