use autograd::Variable;

use crate::{Forward, Module};

/// Scaled exponential linear unit, elementwise: `y = λ·x` where `x > 0`, else `λα·(eˣ − 1)`, with λ ≈ 1.0507
/// and α ≈ 1.6733 (Klambauer et al., *Self-normalizing neural networks*, 2017), as `torch.nn.SELU`.
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, SELU};
/// use tensor::Tensor;
///
/// let x = Variable::new(Tensor::from([1.0f32]));
/// let y = SELU::new().forward(&x);
/// assert!((y.item() - 1.0507010).abs() < 1e-6);
/// ```
#[derive(Module, Clone, Copy, Debug, Default)]
pub struct SELU;

impl SELU {
    /// The layer; it has no settings.
    pub fn new() -> Self {
        SELU
    }
}

impl Forward for SELU {
    fn forward(&self, x: &Variable) -> Variable {
        x.selu()
    }
}
