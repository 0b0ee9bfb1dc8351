use autograd::Variable;
use tensor::Scalar;

use crate::number::Number;
use crate::{Forward, Module};

/// Leaky ReLU, elementwise: `y = x` where `x > 0`, else `negative_slope·x`, as `torch.nn.LeakyReLU`.
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, LeakyReLU};
/// use tensor::Tensor;
///
/// let x = Variable::new(Tensor::from([-2.0f32, 0.5]));
/// let y = LeakyReLU::new(0.5).forward(&x);
/// assert_eq!(y.data().to_vec::<f32>(), [-1.0, 0.5]);
/// ```
#[derive(Module, Clone, Copy, Debug)]
pub struct LeakyReLU {
    #[module(config)]
    negative_slope: Number,
}

impl LeakyReLU {
    /// The layer with the slope given; torch's default is 0.01, as is [`LeakyReLU::default`]'s.
    pub fn new(negative_slope: impl Into<Scalar>) -> Self {
        LeakyReLU { negative_slope: Number::of(negative_slope) }
    }
}

impl Default for LeakyReLU {
    fn default() -> Self {
        LeakyReLU::new(0.01)
    }
}

impl Forward for LeakyReLU {
    fn forward(&self, x: &Variable) -> Variable {
        x.leaky_relu(self.negative_slope.get())
    }
}
