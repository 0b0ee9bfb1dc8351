use serde::{Deserialize, Serialize};
use tensor::Tensor;

/// What a loss does with the losses of single elements or samples, as torch's `reduction`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reduction {
    /// `"none"`: gives them all back.
    None,
    /// `"mean"`: their mean; losses over classes weigh each sample by its class.
    #[default]
    Mean,
    /// `"sum"`: their sum.
    Sum,
}

impl Reduction {
    /// As torch writes it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Reduction::None => "none",
            Reduction::Mean => "mean",
            Reduction::Sum => "sum",
        }
    }

    /// The tensor of all losses, reduced.
    pub(super) fn of(self, losses: Tensor) -> Tensor {
        match self {
            Reduction::None => losses,
            Reduction::Mean => losses.mean(),
            Reduction::Sum => losses.sum(),
        }
    }

    /// What each of `n` losses counts in the reduced one.
    pub(super) fn share(self, n: usize) -> f64 {
        match self {
            Reduction::Mean => 1.0 / n as f64,
            Reduction::None | Reduction::Sum => 1.0,
        }
    }
}
