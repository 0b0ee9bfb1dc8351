use autograd::{UnfoldOptions, Variable, fold, unfold};
use tensor::PerAxis;

use crate::{Forward, Module, Training};

/// The patches of images that a window slides over, a column each, as `torch.nn.Unfold`.
///
/// # Shapes
/// - `x`: `[batch, channels, height, width]` or `[channels, height, width]`
/// - output: `[batch, channels·kernel_size[0]·kernel_size[1], patches]` or without the batch, with
///   `⌊(n + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1` patches along each of the two axes
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, Unfold, UnfoldOptions};
/// use tensor::ones;
///
/// let x = Variable::new(ones([1, 3, 10, 12]));
/// assert_eq!(Unfold::new((4, 5)).forward(&x).shape(), [1, 60, 56]);
/// let layer = Unfold::with(2, UnfoldOptions { stride: 2.into(), ..Default::default() });
/// assert_eq!(layer.to_string(), "Unfold(kernel_size=2, dilation=1, padding=0, stride=2)");
/// ```
#[derive(Module, Clone, Debug)]
pub struct Unfold {
    #[module(config)]
    kernel_size: PerAxis<2>,
    #[module(options)]
    options: UnfoldOptions,
    training: Training,
}

impl Unfold {
    /// Patches of this size, one at each place.
    pub fn new(kernel_size: impl Into<PerAxis<2>>) -> Self {
        Self::with(kernel_size, UnfoldOptions::default())
    }

    /// Patches of this size with the options given.
    pub fn with(kernel_size: impl Into<PerAxis<2>>, options: UnfoldOptions) -> Self {
        Self { kernel_size: kernel_size.into(), options, training: Training::default() }
    }
}

#[nn::hooks]
impl Forward for Unfold {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        unfold(x, self.kernel_size, self.options)
    }
}

/// Images of zeros with patches added where [`Unfold`] takes them, as `torch.nn.Fold`.
///
/// # Shapes
/// - `x`: `[batch, channels·kernel_size[0]·kernel_size[1], patches]` or without the batch
/// - output: `[batch, channels, output_size[0], output_size[1]]` or without the batch
///
/// ```
/// use autograd::Variable;
/// use nn::{Fold, Forward};
/// use tensor::ones;
///
/// let layer = Fold::new((4, 5), 2);
/// assert_eq!(layer.forward(&Variable::new(ones([1, 12, 12]))).shape(), [1, 3, 4, 5]);
/// assert_eq!(
///     layer.to_string(),
///     "Fold(output_size=(4, 5), kernel_size=2, dilation=1, padding=0, stride=1)"
/// );
/// ```
#[derive(Module, Clone, Debug)]
pub struct Fold {
    #[module(config)]
    output_size: PerAxis<2>,
    #[module(config)]
    kernel_size: PerAxis<2>,
    #[module(options)]
    options: UnfoldOptions,
    training: Training,
}

impl Fold {
    /// Images of this size from patches of that size, one at each place.
    pub fn new(output_size: impl Into<PerAxis<2>>, kernel_size: impl Into<PerAxis<2>>) -> Self {
        Self::with(output_size, kernel_size, UnfoldOptions::default())
    }

    /// Images of this size from patches of that size with the options given.
    pub fn with(
        output_size: impl Into<PerAxis<2>>,
        kernel_size: impl Into<PerAxis<2>>,
        options: UnfoldOptions,
    ) -> Self {
        let (output_size, kernel_size) = (output_size.into(), kernel_size.into());
        Self { output_size, kernel_size, options, training: Training::default() }
    }
}

#[nn::hooks]
impl Forward for Fold {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        fold(x, self.output_size, self.kernel_size, self.options)
    }
}
