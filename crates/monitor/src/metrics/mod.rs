//! How good a model is, in scikit-learn's names and numbers.
//!
//! Functions take what is true first and what a model says second, as scikit-learn's do: tensors, borrowed
//! or not, arrays or slices. *Labels* are whole numbers of any dtype in a row, `[n]` or `[n, 1]`; a float
//! such as 1.0, which losses want, is a label too. *Scores* are numbers of any dtype, `[n]` for the
//! probability (or any other measure) of the positive class, `[n, classes]` for those of every class.
//! Results are computed in f64, in the order in which NumPy adds, so they equal scikit-learn's to the last
//! bit for scores in float64; `tests/sklearn.rs` says where a bit may differ.
//!
//! ```
//! use monitor::metrics::{MultiClass, RocAucOptions, accuracy_score, roc_auc_score};
//! use tensor::Tensor;
//!
//! let labels = Tensor::from([0i64, 1, 2, 1]);
//! let logits = Tensor::from([[2.0f32, 0.5, 0.1], [0.2, 1.5, 0.3], [0.1, 0.9, 0.8], [0.0, 1.0, 0.5]]);
//! assert_eq!(accuracy_score(&labels, logits.argmax(1, false)), 0.75);
//!
//! let options = RocAucOptions { multi_class: MultiClass::Ovr, ..Default::default() };
//! assert_eq!(roc_auc_score(&labels, logits.softmax(1), options), 1.0);
//! ```
//!
//! - Classes: [`accuracy_score`], [`top_k_accuracy_score`], [`precision_score`], [`recall_score`],
//!   [`f1_score`], [`fbeta_score`], [`precision_recall_fscore_support`], [`confusion_matrix`],
//!   [`classification_report`].
//! - Scores of classes: [`roc_curve`], [`roc_auc_score`], [`precision_recall_curve`],
//!   [`average_precision_score`], [`auc`], [`log_loss`], [`brier_score_loss`].
//! - Numbers: [`r2_score`], [`mean_squared_error`], [`root_mean_squared_error`], [`mean_absolute_error`],
//!   [`mean_absolute_percentage_error`].
//! - Language models: [`perplexity`].
//! - Batch by batch: [`running`].
//!
//! # Panics
//!
//! Where scikit-learn raises `ValueError`, a function panics at the caller's line with the same words:
//! nothing to judge, another number of samples on the other side, NaN or infinity, labels that are not
//! whole. Where it warns that a measure is not defined, nothing is printed, and the measure's page says
//! what comes out.

mod accuracy;
mod brier;
mod confusion_matrix;
mod input;
mod log_loss;
mod perplexity;
mod prf;
mod ranking;
mod regression;
mod report;
pub mod running;
mod sums;

pub use accuracy::{TopKOptions, accuracy_score, top_k_accuracy_score};
pub use brier::{BrierOptions, brier_score_loss};
pub use confusion_matrix::{ConfusionMatrixOptions, Normalize, confusion_matrix};
pub use log_loss::{LogLossOptions, log_loss};
pub use perplexity::perplexity;
pub use prf::{
    Average, Averaging, PerClass, PrfOptions, PrfScores, f1_score, fbeta_score,
    precision_recall_fscore_support, precision_score, recall_score,
};
pub use ranking::{
    AveragePrecisionOptions, MultiClass, PrecisionRecallCurve, PrecisionRecallOptions, RocAucOptions,
    RocCurve, RocCurveOptions, auc, average_precision_score, precision_recall_curve, roc_auc_score,
    roc_curve,
};
pub use regression::{
    mean_absolute_error, mean_absolute_percentage_error, mean_squared_error, r2_score,
    root_mean_squared_error,
};
pub use report::{ReportOptions, classification_report};
