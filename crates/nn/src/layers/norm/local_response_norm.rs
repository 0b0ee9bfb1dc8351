use autograd::{LocalResponseNormOptions, Variable};

use super::describe;
use crate::{Forward, Module, Training};

/// `y = x/(k + alpha·mean(x²))^beta` with the mean over `size` neighbouring channels (Krizhevsky, Sutskever
/// and Hinton, *ImageNet classification with deep convolutional neural networks*, 2012), as
/// `torch.nn.LocalResponseNorm`: see [`Variable::local_response_norm`].
///
/// # Shapes
/// - `x`: `[batch, channels, …]`, with three axes or more
/// - output: that of `x`
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, LocalResponseNorm, LocalResponseNormOptions};
/// use tensor::Tensor;
///
/// let options = LocalResponseNormOptions { alpha: 2.into(), beta: 1.into(), ..Default::default() };
/// let layer = LocalResponseNorm::with(2, options);
/// let x = Variable::new(Tensor::from([[[1.0f32], [2.0], [3.0]]]));
/// assert_eq!(layer.forward(&x).data().to_vec::<f32>(), [1.0 / 2.0, 2.0 / 6.0, 3.0 / 14.0]);
/// assert_eq!(layer.to_string(), "LocalResponseNorm(2, alpha=2, beta=1, k=1.0)");
/// ```
#[derive(Clone, Debug, Module)]
#[module(extra_repr = Self::describe)]
pub struct LocalResponseNorm {
    #[module(config)]
    size: usize,
    #[module(options)]
    options: LocalResponseNormOptions,
    training: Training,
}

impl LocalResponseNorm {
    /// A norm over so many channels.
    pub fn new(size: usize) -> Self {
        Self::with(size, LocalResponseNormOptions::default())
    }

    /// The norm with the options given.
    pub fn with(size: usize, options: LocalResponseNormOptions) -> Self {
        Self { size, options, training: Training::default() }
    }

    fn describe(&self) -> String {
        describe(&[self.size.to_string()], &self.options, &["alpha", "beta", "k"], false)
    }
}

#[nn::hooks]
impl Forward for LocalResponseNorm {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        x.local_response_norm(self.size, self.options)
    }
}
