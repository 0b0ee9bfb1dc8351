use autograd::Variable;

use crate::{Forward, Module};

/// The input as it is: `y = x`. For a place that needs a layer where nothing is to happen.
#[derive(Debug, Default, Module)]
pub struct Identity;

impl Identity {
    /// The identity.
    pub fn new() -> Self {
        Self
    }
}

impl Forward for Identity {
    fn forward(&self, x: &Variable) -> Variable {
        x.clone()
    }
}
