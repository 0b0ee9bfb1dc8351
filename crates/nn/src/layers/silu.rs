use autograd::Variable;

use crate::{Forward, Module};

/// Sigmoid linear unit, elementwise: `y = x / (1 + e⁻ˣ)`, also called swish, as `torch.nn.SiLU`.
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, SiLU};
/// use tensor::Tensor;
///
/// let x = Variable::new(Tensor::from([1.0f32]));
/// let y = SiLU::new().forward(&x);
/// assert!((y.item() - 0.7310586).abs() < 1e-6);
/// ```
#[derive(Module, Clone, Copy, Debug, Default)]
pub struct SiLU;

impl SiLU {
    /// The layer; it has no settings.
    pub fn new() -> Self {
        SiLU
    }
}

impl Forward for SiLU {
    fn forward(&self, x: &Variable) -> Variable {
        x.silu()
    }
}
