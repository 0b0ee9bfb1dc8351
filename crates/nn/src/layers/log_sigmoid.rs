use autograd::Variable;

use crate::{Forward, Module};

/// Logarithm of the logistic function, elementwise: `y = ln(1 / (1 + e⁻ˣ))`, without overflow for any `x`, as
/// `torch.nn.LogSigmoid`.
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, LogSigmoid};
/// use tensor::Tensor;
///
/// let x = Variable::new(Tensor::from([-100.0f32]));
/// let y = LogSigmoid::new().forward(&x);
/// assert_eq!(y.data().to_vec::<f32>(), [-100.0]);
/// ```
#[derive(Module, Clone, Copy, Debug, Default)]
pub struct LogSigmoid;

impl LogSigmoid {
    /// The layer; it has no settings.
    pub fn new() -> Self {
        LogSigmoid
    }
}

impl Forward for LogSigmoid {
    fn forward(&self, x: &Variable) -> Variable {
        x.log_sigmoid()
    }
}
