use autograd::Variable;

use super::softmax::implicit_dim;
use crate::{Forward, Module};

/// Scores to the logarithms of probabilities along one axis: `y = x − ln Σ eˣ`, as `torch.nn.LogSoftmax`.
/// What [`NLLLoss`](crate::NLLLoss) takes.
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
#[derive(Module, Clone, Copy, Debug, Default)]
pub struct LogSoftmax {
    #[module(config)]
    dim: Option<isize>,
}

impl LogSoftmax {
    /// Along axis `dim`; −1 is the last. [`LogSoftmax::default`] chooses as
    /// [`Softmax`](crate::Softmax)'s does.
    pub fn new(dim: isize) -> Self {
        LogSoftmax { dim: Some(dim) }
    }
}

impl Forward for LogSoftmax {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        x.log_softmax(self.dim.unwrap_or_else(|| implicit_dim(x)))
    }
}
