use autograd::Variable;
use tensor::Scalar;

use crate::number::Number;
use crate::{Forward, Module};

/// A smooth ReLU, elementwise: `y = ln(1 + e^(βx)) / β`, and `x` itself where `βx > threshold`, as
/// `torch.nn.Softplus`.
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, Softplus};
/// use tensor::Tensor;
///
/// let x = Variable::new(Tensor::from([0.0f32]));
/// assert!((Softplus::default().forward(&x).item() - 2f64.ln()).abs() < 1e-7);
/// assert_eq!(Softplus::new(2, 20.0).to_string(), "Softplus(beta=2, threshold=20.0)"); // as given
/// ```
#[derive(Module, Clone, Copy, Debug)]
pub struct Softplus {
    #[module(config)]
    beta: Number,
    #[module(config)]
    threshold: Number,
}

impl Softplus {
    /// The layer with the β and threshold given; torch's defaults are 1 and 20, as are
    /// [`Softplus::default`]'s.
    pub fn new(beta: impl Into<Scalar>, threshold: impl Into<Scalar>) -> Self {
        Softplus { beta: Number::of(beta), threshold: Number::of(threshold) }
    }
}

impl Default for Softplus {
    fn default() -> Self {
        Softplus::new(1.0, 20.0)
    }
}

impl Forward for Softplus {
    fn forward(&self, x: &Variable) -> Variable {
        x.softplus(self.beta.get(), self.threshold.get())
    }
}
