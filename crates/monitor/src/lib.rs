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
//! [`History`] keeps what a run logs, in a file that survives the death of its process.
//!
//! ```
//! use monitor::History;
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("runs/first.jsonl");
//! let mut history = History::create(&path)?; // such as "runs/first.jsonl"
//! for epoch in 0..3 {
//!     history.set_epoch(epoch);
//!     history.log("train_loss", 1.0 / (epoch + 1) as f64);
//! }
//! assert_eq!(history.series("train_loss").last().map(|point| point.value), Some(1.0 / 3.0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The crate is optional: none of the crates that train knows it.
#![forbid(unsafe_code)]

mod error;
mod history;
pub mod metrics;

pub use error::{Error, Result};
pub use history::{History, Point, Run};
