use autograd::Variable;

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
/// ```
#[derive(Module, Clone, Copy, Debug)]
pub struct Softplus {
    #[module(config)]
    beta: f64,
    #[module(config)]
    threshold: f64,
}

impl Softplus {
    /// The layer with the β and threshold given; torch's defaults are 1 and 20, as are
    /// [`Softplus::default`]'s.
    pub fn new(beta: f64, threshold: f64) -> Self {
        Softplus { beta, threshold }
    }
}

impl Default for Softplus {
    fn default() -> Self {
        Softplus::new(1.0, 20.0)
    }
}

impl Forward for Softplus {
    fn forward(&self, x: &Variable) -> Variable {
        x.softplus(self.beta, self.threshold)
    }
}
