//! Curves over the thresholds of a score, and the areas below them.

mod auc;
mod average_precision;
mod precision_recall;
mod roc_auc;
mod roc_curve;
mod thresholds;

pub use auc::auc;
pub use average_precision::{AveragePrecisionOptions, average_precision_score};
pub use precision_recall::{PrecisionRecallCurve, PrecisionRecallOptions, precision_recall_curve};
pub use roc_auc::{MultiClass, RocAucOptions, roc_auc_score};
pub use roc_curve::{RocCurve, RocCurveOptions, roc_curve};

use super::input::Scores;
use super::prf::Average;
use super::sums::{mean, weighted};

/// The area of every class, `y_true` against all others, averaged.
fn averaged_over_classes(
    y_true: &[usize],
    scores: &Scores,
    average: Average,
    area: impl Fn(&[bool], &[f64]) -> f64,
) -> f64 {
    let k = scores.columns();
    if average == Average::Micro {
        let positive: Vec<bool> = y_true.iter().flat_map(|t| (0..k).map(move |c| *t == c)).collect();
        return area(&positive, &scores.values);
    }
    let one = |class: usize| {
        let positive: Vec<bool> = y_true.iter().map(|t| *t == class).collect();
        area(&positive, &scores.column(class))
    };
    let mut areas: Vec<f64> = (0..k).map(one).collect();
    if average != Average::Weighted {
        return mean(&areas);
    }
    let weights: Vec<f64> =
        (0..k).map(|class| y_true.iter().filter(|t| **t == class).count() as f64).collect();
    for (area, weight) in areas.iter_mut().zip(&weights) {
        if *weight == 0.0 {
            *area = 0.0; // not NaN
        }
    }
    weighted(&areas, &weights).expect("there are samples")
}
