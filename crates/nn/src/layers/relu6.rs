use autograd::Variable;

use crate::{Forward, Module};

/// ReLU cut off at 6, elementwise: `y = min(max(x, 0), 6)`, as `torch.nn.ReLU6`.
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, ReLU6};
/// use tensor::Tensor;
///
/// let x = Variable::new(Tensor::from([-1.0f32, 0.5, 8.0]));
/// let y = ReLU6::new().forward(&x);
/// assert_eq!(y.data().to_vec::<f32>(), [0.0, 0.5, 6.0]);
/// ```
#[derive(Module, Clone, Copy, Debug, Default)]
pub struct ReLU6;

impl ReLU6 {
    /// The layer; it has no settings.
    pub fn new() -> Self {
        ReLU6
    }
}

impl Forward for ReLU6 {
    fn forward(&self, x: &Variable) -> Variable {
        x.hardtanh(0.0, 6.0)
    }
}
