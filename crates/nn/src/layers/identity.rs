use autograd::Variable;

use crate::{Forward, Module, Training};

/// The input as it is: `y = x`. For a place that needs a layer where nothing is to happen.
#[derive(Module, Clone, Debug, Default)]
pub struct Identity {
    training: Training,
}

impl Identity {
    /// The identity.
    pub fn new() -> Self {
        Self::default()
    }
}

#[nn::hooks]
impl Forward for Identity {
    fn forward(&self, x: &Variable) -> Variable {
        x.clone()
    }
}
