use autograd::Variable;

use crate::{Forward, Module};

/// Logistic function, elementwise: `y = 1 / (1 + e⁻ˣ)`, as `torch.nn.Sigmoid`.
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, Sigmoid};
/// use tensor::Tensor;
///
/// let x = Variable::new(Tensor::from([0.0f32]));
/// let y = Sigmoid::new().forward(&x);
/// assert_eq!(y.data().to_vec::<f32>(), [0.5]);
/// ```
#[derive(Module, Clone, Copy, Debug, Default)]
pub struct Sigmoid;

impl Sigmoid {
    /// The layer; it has no settings.
    pub fn new() -> Self {
        Sigmoid
    }
}

impl Forward for Sigmoid {
    fn forward(&self, x: &Variable) -> Variable {
        x.sigmoid()
    }
}
