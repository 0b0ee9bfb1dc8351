//! Where the library differs from torch on purpose.

/// A deviation: the beginning of a case's expression, a part of its inputs' names, and the reason.
pub(crate) struct Deviation {
    pub(crate) torch: &'static str,
    pub(crate) inputs: &'static str,
    pub(crate) reason: &'static str,
}

impl Deviation {
    pub(crate) fn covers(&self, torch: &str, inputs: &str) -> bool {
        torch.starts_with(self.torch) && inputs.contains(self.inputs)
    }
}

pub(crate) const DEVIATIONS: [Deviation; 0] = [];
