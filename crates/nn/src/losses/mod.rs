//! Losses: what training makes small. One file each.
//!
//! Every loss takes the network's output and a target, both tensors or variables, and by default gives the
//! mean over the batch, a variable without axes to call [`backward`](Variable::backward) on.
//!
//! ```
//! use autograd::Variable;
//! use nn::{CrossEntropyLoss, CrossEntropyLossConfig};
//! use tensor::Tensor;
//!
//! let scores = Variable::new(Tensor::from([[2.0f32, 0.0, 0.0], [0.0, 0.0, 0.0]]));
//! let labels = Tensor::from([0i64, 2]);
//! let loss = CrossEntropyLoss::new().forward(&scores, &labels);
//! assert!((loss.item() - 0.6690785).abs() < 1e-6);
//!
//! let smooth = CrossEntropyLoss::with(CrossEntropyLossConfig { label_smoothing: 0.1, ..Default::default() });
//! assert!(smooth.forward(&scores, &labels).item() > loss.item());
//! ```

mod bce_loss;
mod bce_with_logits_loss;
mod cross_entropy_loss;
mod huber_loss;
mod l1_loss;
mod mse_loss;
mod nll_loss;
mod smooth_l1_loss;

use autograd::Variable;
use tensor::Tensor;

use crate::Buffer;

pub use autograd::Reduction;
pub use bce_loss::{BCELoss, BCELossConfig};
pub use bce_with_logits_loss::{BCEWithLogitsLoss, BCEWithLogitsLossConfig};
pub use cross_entropy_loss::{CrossEntropyLoss, CrossEntropyLossConfig};
pub use huber_loss::{HuberLoss, HuberLossConfig};
pub use l1_loss::L1Loss;
pub use mse_loss::MSELoss;
pub use nll_loss::{NLLLoss, NLLLossConfig};
pub use smooth_l1_loss::{SmoothL1Loss, SmoothL1LossConfig};

/// What a loss compares with: a tensor, or a variable where the target wants a gradient too.
pub trait Target {
    /// The target as a variable.
    fn variable(&self) -> Variable;
}

impl Target for Tensor {
    fn variable(&self) -> Variable {
        Variable::new(self.clone())
    }
}

impl Target for Variable {
    fn variable(&self) -> Variable {
        self.clone()
    }
}

/// The tensor in a loss's optional weight.
fn tensor_of(weight: &Option<Buffer>) -> Option<Tensor> {
    weight.as_ref().map(|w| w.data())
}

/// What torch prints between the parentheses of a loss, whatever its settings: nothing.
fn nothing<L>(_: &L) -> String {
    String::new()
}
