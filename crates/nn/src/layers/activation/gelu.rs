use autograd::Variable;
use serde::{Deserialize, Serialize};

use crate::{Forward, Module, Training};

/// Gaussian error linear unit, elementwise: `y = x·Φ(x)`, Φ the standard normal distribution's share below
/// `x` (Hendrycks & Gimpel, 2016), as `torch.nn.GELU`.
///
/// ```
/// use autograd::Variable;
/// use nn::{Approximate, Forward, GELU};
/// use tensor::Tensor;
///
/// let x = Variable::new(Tensor::from([1.0f32]));
/// assert!((GELU::new().forward(&x).item() - 0.8413447).abs() < 1e-6);
/// assert!((GELU::with(Approximate::Tanh).forward(&x).item() - 0.8411920).abs() < 1e-6);
/// ```
#[derive(Module, Clone, Debug, Default)]
pub struct GELU {
    #[module(config)]
    approximate: Approximate,
    training: Training,
}

/// How [`GELU`] computes Φ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Approximate {
    /// Exactly, by the error function.
    #[default]
    None,
    /// By `½·(1 + tanh(√(2/π)·(x + 0.044715·x³)))`.
    Tanh,
}

impl GELU {
    /// The exact function.
    pub fn new() -> Self {
        GELU::default()
    }

    /// The exact function or its approximation.
    pub fn with(approximate: Approximate) -> Self {
        GELU { approximate, training: Training::default() }
    }
}

#[nn::hooks]
impl Forward for GELU {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        match self.approximate {
            Approximate::None => x.gelu(),
            Approximate::Tanh => x.gelu_tanh(),
        }
    }
}
