use tensor::Tensor;

use super::thresholds::{Thresholds, positives};
use crate::metrics::input::{Scores, assert_lengths, assert_some, labels, samples};

/// The settings of [`roc_curve`].
#[derive(Clone, Debug)]
pub struct RocCurveOptions {
    /// The label of positive samples; 1 if not given, and the other label is 0 or −1 then.
    pub pos_label: Option<i64>,
    /// Whether to leave out points that lie on the line between their neighbours; true by default.
    pub drop_intermediate: bool,
}

impl Default for RocCurveOptions {
    fn default() -> RocCurveOptions {
        RocCurveOptions { pos_label: None, drop_intermediate: true }
    }
}

/// What [`roc_curve`] gives: the points of the curve, from (0, 0) to (1, 1).
#[derive(Clone, Debug, PartialEq)]
pub struct RocCurve {
    /// The share of the negative samples with at least this score; NaN if there is none.
    pub fpr: Vec<f64>,
    /// The share of the positive samples with at least this score; NaN if there is none.
    pub tpr: Vec<f64>,
    /// The score; infinity at the first point.
    pub thresholds: Vec<f64>,
}

/// The receiver operating characteristic: true positives against false ones, as the threshold of the score
/// sinks.
///
/// ```
/// use monitor::metrics::roc_curve;
/// let curve = roc_curve([0i64, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], Default::default());
/// assert_eq!(curve.fpr, [0.0, 0.0, 0.5, 0.5, 1.0]);
/// assert_eq!(curve.tpr, [0.0, 0.5, 0.5, 1.0, 1.0]);
/// assert_eq!(curve.thresholds, [f64::INFINITY, 0.8, 0.4, 0.35, 0.1]);
/// ```
///
/// # Panics
///
/// With scikit-learn's words, as all [`metrics`](crate::metrics); also if it does not follow from the
/// labels which one is positive.
#[track_caller]
pub fn roc_curve(
    y_true: impl Into<Tensor>,
    y_score: impl Into<Tensor>,
    options: RocCurveOptions,
) -> RocCurve {
    let (positive, scores) = binary(&y_true.into(), &y_score.into(), options.pos_label);
    points(&positive, &scores, options.drop_intermediate)
}

/// Which samples are positive, and their scores.
#[track_caller]
pub(super) fn binary(y_true: &Tensor, y_score: &Tensor, pos_label: Option<i64>) -> (Vec<bool>, Vec<f64>) {
    assert_some(y_true.shape());
    let positive = positives(&labels(y_true), pos_label);
    assert_lengths(&[samples(y_true), samples(y_score)]);
    (positive, Scores::of(y_score).single())
}

pub(super) fn points(positive: &[bool], scores: &[f64], drop_intermediate: bool) -> RocCurve {
    let mut found = Thresholds::of(positive, scores);
    if drop_intermediate {
        let straight = |x: &[f64], i: usize| (x[i + 1] - x[i]) - (x[i] - x[i - 1]) == 0.0;
        found = found.without(|t, i| straight(&t.fps, i) && straight(&t.tps, i));
    }
    let rate = |counts: &[f64]| {
        let all = counts.last().copied().filter(|n| *n > 0.0).unwrap_or(f64::NAN);
        [0.0].iter().chain(counts).map(|n| n / all).collect()
    };
    let thresholds = [f64::INFINITY].into_iter().chain(found.thresholds).collect();
    RocCurve { fpr: rate(&found.fps), tpr: rate(&found.tps), thresholds }
}
