use serde::{Deserialize, Serialize};

/// Which of the two formulas in use an optimizer follows.
///
/// Not part of the state dict: both formulas keep the same state, torch knows only its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Formula {
    /// torch's: ε is added to the root; a momentum buffer sums gradients and is scaled
    /// by the learning rate when used.
    #[default]
    Torch,
    /// The textbooks': ε is added under the root; a momentum buffer sums gradients
    /// already scaled by the learning rate.
    Textbook,
}

tensor::option_value!(Formula);

impl Formula {
    /// ε as `(under the root, beside it)`: adding the zero of the pair changes nothing.
    pub(super) fn place_eps(self, eps: f64) -> (f64, f64) {
        match self {
            Formula::Torch => (0.0, eps),
            Formula::Textbook => (eps, 0.0),
        }
    }
}
