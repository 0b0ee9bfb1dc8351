use autograd::Variable;
use tensor::Scalar;

use crate::number::Number;
use crate::{Forward, Module};

/// Exponential linear unit, elementwise: `y = x` where `x > 0`, else `α·(eˣ − 1)` (Clevert et al., *Fast and
/// accurate deep network learning by exponential linear units*, 2015), as `torch.nn.ELU`.
///
/// ```
/// use autograd::Variable;
/// use nn::{ELU, Forward};
/// use tensor::Tensor;
///
/// let x = Variable::new(Tensor::from([-100.0f32, 0.5]));
/// let y = ELU::default().forward(&x);
/// assert_eq!(y.data().to_vec::<f32>(), [-1.0, 0.5]);
/// ```
#[derive(Module, Clone, Copy, Debug)]
pub struct ELU {
    #[module(config)]
    alpha: Number,
}

impl ELU {
    /// The layer with the α given; torch's default is 1, as is [`ELU::default`]'s.
    pub fn new(alpha: impl Into<Scalar>) -> Self {
        ELU { alpha: Number::of(alpha) }
    }
}

impl Default for ELU {
    fn default() -> Self {
        ELU::new(1.0)
    }
}

impl Forward for ELU {
    fn forward(&self, x: &Variable) -> Variable {
        x.elu(self.alpha.get())
    }
}
