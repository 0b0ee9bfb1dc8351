/// Which of the two formulas in use an optimizer follows.
///
/// Not part of the state dict: both formulas keep the same state, torch knows only its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Formula {
    /// torch's: ε is added to the root; a momentum buffer sums gradients and is scaled
    /// by the learning rate when used.
    #[default]
    Torch,
    /// The tutorials': ε is added under the root; a momentum buffer sums gradients
    /// already scaled by the learning rate.
    Note,
}

impl Formula {
    /// ε as `(under the root, beside it)`: adding the zero of the pair changes nothing.
    pub(crate) fn place_eps(self, eps: f64) -> (f64, f64) {
        match self {
            Formula::Torch => (0.0, eps),
            Formula::Note => (eps, 0.0),
        }
    }
}
