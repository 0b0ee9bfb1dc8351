//! See a training run and judge it.
//!
//! [`metrics`] has scikit-learn's measures, by its names and with its numbers, and torchmetrics' way of
//! gathering them batch by batch.
//!
//! ```
//! use monitor::metrics::{Average, accuracy_score, classification_report, f1_score};
//!
//! let y_true = [0i64, 1, 2, 2, 1, 0];
//! let y_pred = [0i64, 2, 2, 2, 1, 0];
//! assert_eq!(accuracy_score(y_true, y_pred), 5.0 / 6.0);
//! assert_eq!(f1_score(y_true, y_pred, Average::Macro), (1.0 + 2.0 / 3.0 + 0.8) / 3.0);
//! println!("{}", classification_report(y_true, y_pred, Default::default()));
//! ```
//!
//! The crate is optional: none of the crates that train knows it.
#![forbid(unsafe_code)]

pub mod metrics;
