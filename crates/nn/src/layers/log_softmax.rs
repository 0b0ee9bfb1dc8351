use autograd::Variable;

use super::SoftmaxOptions;
use crate::{Forward, Module, Training};

/// Scores to the logarithms of probabilities along one axis: `y = x − ln Σ eˣ`, as `torch.nn.LogSoftmax`.
/// [`NLLLoss`](crate::NLLLoss) takes its output.
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, LogSoftmax};
/// use tensor::Tensor;
///
/// let x = Variable::new(Tensor::from([[1.0f32, 1.0]]));
/// let y = LogSoftmax::new(1).forward(&x);
/// assert_eq!(y.data().to_vec::<f32>(), [-std::f32::consts::LN_2; 2]);
/// ```
#[derive(Module, Clone, Debug, Default)]
pub struct LogSoftmax {
    #[module(options)]
    options: SoftmaxOptions,
    training: Training,
}

impl LogSoftmax {
    /// Along axis `dim`; −1 is the last. [`LogSoftmax::default`] chooses as [`SoftmaxOptions::dim`] says.
    pub fn new(dim: isize) -> Self {
        LogSoftmax::with(SoftmaxOptions { dim: Some(dim) })
    }

    /// The layer with the options given.
    pub fn with(options: SoftmaxOptions) -> Self {
        LogSoftmax { options, training: Training::default() }
    }
}

impl Forward for LogSoftmax {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        x.log_softmax(self.options.axis(x))
    }
}
