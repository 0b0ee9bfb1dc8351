//! Measures that are gathered batch by batch, as torchmetrics has them: [`update`](Accuracy::update) with
//! each batch, [`compute`](Accuracy::compute) at the end of the epoch, [`reset`](Accuracy::reset) before
//! the next.
//!
//! None keeps the samples: what is kept are counts and sums, so an epoch may be as long as it likes. For
//! the same reason there are no areas below curves here; [`roc_auc_score`](super::roc_auc_score) needs all
//! scores at once.
//!
//! **The order is torchmetrics': predictions first, then what is true**, the other way round than
//! scikit-learn's functions in [`metrics`](super).
//!
//! ```
//! use monitor::metrics::running::{Accuracy, MeanMetric};
//! use tensor::Tensor;
//!
//! let (mut accuracy, mut mean_loss) = (Accuracy::new(3), MeanMetric::new());
//! for epoch in 0..2 {
//!     for (logits, labels) in [
//!         (Tensor::from([[2.0f32, 0.1, 0.3], [0.5, 0.6, 0.1]]), Tensor::from([0i64, 1])),
//!         (Tensor::from([[0.2f32, 1.1, 0.3]]), Tensor::from([2i64])),
//!     ] {
//!         accuracy.update(&logits, &labels);
//!         mean_loss.update_weighted(0.5, labels.numel() as f64); // each sample counts alike
//!     }
//!     assert_eq!((accuracy.compute(), mean_loss.compute()), (2.0 / 3.0, 0.5));
//!     accuracy.reset();
//!     mean_loss.reset();
//! }
//! ```

mod classes;
mod confusion_matrix;
mod counted;
mod mean;
mod perplexity;
mod r2;

pub use classes::ClassOptions;
pub use confusion_matrix::ConfusionMatrix;
pub use counted::{Accuracy, F1Score, Precision, Recall};
pub use mean::{MeanAbsoluteError, MeanMetric, MeanSquaredError};
pub use perplexity::Perplexity;
pub use r2::R2Score;
