use autograd::Variable;

use crate::{Forward, Module, Options, Training};

/// Scores to probabilities along one axis: `y = eˣ / Σ eˣ`, as `torch.nn.Softmax`.
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, Softmax};
/// use tensor::Tensor;
///
/// let x = Variable::new(Tensor::from([[1.0f32, 1.0, 1.0, 1.0]]));
/// let y = Softmax::new(1).forward(&x);
/// assert_eq!(y.data().to_vec::<f32>(), [0.25; 4]);
/// ```
#[derive(Module, Clone, Debug, Default)]
pub struct Softmax {
    #[module(options)]
    options: SoftmaxOptions,
    training: Training,
}

/// The options of [`Softmax`] and [`LogSoftmax`](crate::LogSoftmax).
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct SoftmaxOptions {
    /// The axis along which the probabilities add up to 1; −1 is the last.
    ///
    /// torch still takes none, which it warns against and which is the default here: axis 0 of inputs with
    /// 0, 1 or 3 axes, else axis 1.
    pub dim: Option<isize>,
}

impl SoftmaxOptions {
    /// The axis for an input.
    pub(super) fn axis(self, x: &Variable) -> isize {
        self.dim.unwrap_or(if matches!(x.shape().len(), 0 | 1 | 3) { 0 } else { 1 })
    }
}

impl Softmax {
    /// Along axis `dim`; −1 is the last. [`Softmax::default`] chooses as [`SoftmaxOptions::dim`] says.
    pub fn new(dim: isize) -> Self {
        Softmax::with(SoftmaxOptions { dim: Some(dim) })
    }

    /// The layer with the options given.
    pub fn with(options: SoftmaxOptions) -> Self {
        Softmax { options, training: Training::default() }
    }
}

impl Forward for Softmax {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        x.softmax(self.options.axis(x))
    }
}
