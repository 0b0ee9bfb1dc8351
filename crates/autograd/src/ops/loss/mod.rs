//! The losses.

mod bce_loss;
mod bce_with_logits;
mod class_target;
mod cross_entropy;
mod huber_loss;
mod l1_loss;
mod mse_loss;
mod nll_loss;
mod pair_loss;
mod reduction;
mod regression_loss;
mod smooth_l1_loss;
mod soft_cross_entropy;

pub use bce_loss::bce_loss;
pub use bce_with_logits::bce_with_logits;
pub use class_target::ClassLossOptions;
pub use cross_entropy::cross_entropy;
pub use huber_loss::huber_loss;
pub use l1_loss::l1_loss;
pub use mse_loss::mse_loss;
pub use nll_loss::nll_loss;
pub use reduction::Reduction;
pub use smooth_l1_loss::smooth_l1_loss;
