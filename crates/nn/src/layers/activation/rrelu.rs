use autograd::Variable;
use tensor::Scalar;

use crate::{Forward, Module, Training, functional};

/// Leaky ReLU with random slopes, elementwise: `y = x` where `x > 0`, else `a·x`. While training, each such
/// element has an `a` from U(`lower`, `upper`), drawn as torch does; in evaluation mode `a` is the middle of
/// the two (Xu et al., *Empirical evaluation of rectified activations*, 2015), as `torch.nn.RReLU`.
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, Module, RReLU};
/// use tensor::Tensor;
///
/// let layer = RReLU::new(0.25, 0.75);
/// layer.eval();
/// let y = layer.forward(&Variable::new(Tensor::from([-2.0f32, 3.0])));
/// assert_eq!(y.data().to_vec::<f32>(), [-1.0, 3.0]);
/// ```
#[derive(Module, Clone, Debug)]
pub struct RReLU {
    #[module(config)]
    lower: Scalar,
    #[module(config)]
    upper: Scalar,
    training: Training,
}

impl RReLU {
    /// Slopes between these; torch's defaults are 1/8 and 1/3, as are [`RReLU::default`]'s.
    pub fn new(lower: impl Into<Scalar>, upper: impl Into<Scalar>) -> Self {
        Self { lower: lower.into(), upper: upper.into(), training: Training::default() }
    }
}

impl Default for RReLU {
    fn default() -> Self {
        Self::new(1.0 / 8.0, 1.0 / 3.0)
    }
}

#[nn::hooks]
impl Forward for RReLU {
    /// # Panics
    /// While training, unless `lower` is at most `upper`, and both are finite.
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        functional::rrelu_with(x, self.lower.to_f64(), self.upper.to_f64(), self.training.get())
    }
}
