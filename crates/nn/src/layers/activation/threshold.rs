use autograd::Variable;
use tensor::Scalar;

use crate::{Forward, Module, Training};

/// `x` where it is above `threshold`, else `value`, elementwise, as `torch.nn.Threshold`. Neither has a
/// default.
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, Threshold};
/// use tensor::Tensor;
///
/// let x = Variable::new(Tensor::from([-2.0f32, 0.5, 3.0]));
/// let y = Threshold::new(0.1, 20).forward(&x);
/// assert_eq!(y.data().to_vec::<f32>(), [20.0, 0.5, 3.0]);
/// ```
#[derive(Module, Clone, Debug)]
pub struct Threshold {
    #[module(config)]
    threshold: Scalar,
    #[module(config)]
    value: Scalar,
    training: Training,
}

impl Threshold {
    /// The layer that puts `value` in the place of what is not above `threshold`.
    pub fn new(threshold: impl Into<Scalar>, value: impl Into<Scalar>) -> Self {
        Threshold { threshold: threshold.into(), value: value.into(), training: Training::default() }
    }
}

#[nn::hooks]
impl Forward for Threshold {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        x.threshold(self.threshold, self.value)
    }
}
