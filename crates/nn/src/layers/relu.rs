use autograd::Variable;

use crate::{Forward, Module};

/// Rectified linear unit, elementwise: `y = max(x, 0)`, as `torch.nn.ReLU`.
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, ReLU};
/// use tensor::Tensor;
///
/// let x = Variable::new(Tensor::from([-1.0f32, 0.5]));
/// let y = ReLU::new().forward(&x);
/// assert_eq!(y.data().to_vec::<f32>(), [0.0, 0.5]);
/// ```
#[derive(Module, Clone, Copy, Debug, Default)]
pub struct ReLU;

impl ReLU {
    /// The layer; it has no settings.
    pub fn new() -> Self {
        ReLU
    }
}

impl Forward for ReLU {
    fn forward(&self, x: &Variable) -> Variable {
        x.relu()
    }
}
