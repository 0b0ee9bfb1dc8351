use serde::{Deserialize, Serialize};
use tensor::Tensor;

use crate::Variable;

/// The use that a loss makes of the losses of single elements or samples, as torch's `reduction`.
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

tensor::option_value!(Reduction);

impl Reduction {
    /// The tensor of all losses, reduced.
    #[track_caller]
    pub(super) fn of(self, losses: Tensor) -> Tensor {
        match self {
            Reduction::None => losses,
            Reduction::Mean => losses.mean(),
            Reduction::Sum => losses.sum(),
        }
    }

    /// The same in steps that are recorded, for a loss made of operations.
    #[track_caller]
    pub(super) fn of_recorded(self, losses: Variable) -> Variable {
        match self {
            Reduction::None => losses,
            Reduction::Mean => losses.mean(),
            Reduction::Sum => losses.sum(),
        }
    }

    /// The share that each of `n` losses has in the reduced one.
    pub(super) fn share(self, n: usize) -> f64 {
        match self {
            Reduction::Mean => 1.0 / n as f64,
            Reduction::None | Reduction::Sum => 1.0,
        }
    }
}
