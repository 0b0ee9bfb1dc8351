use autograd::Variable;

use crate::{Forward, Module};

/// Hyperbolic tangent, elementwise: `y = tanh(x)`, as `torch.nn.Tanh`.
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, Tanh};
/// use tensor::Tensor;
///
/// let x = Variable::new(Tensor::from([0.5f32]));
/// let y = Tanh::new().forward(&x);
/// assert!((y.item() - 0.4621172).abs() < 1e-6);
/// ```
#[derive(Module, Clone, Copy, Debug, Default)]
pub struct Tanh;

impl Tanh {
    /// The layer; it has no settings.
    pub fn new() -> Self {
        Tanh
    }
}

impl Forward for Tanh {
    fn forward(&self, x: &Variable) -> Variable {
        x.tanh()
    }
}
