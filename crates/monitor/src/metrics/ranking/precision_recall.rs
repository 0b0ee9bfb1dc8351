use tensor::Tensor;

use super::roc_curve::binary;
use super::thresholds::Thresholds;

/// The settings of [`precision_recall_curve`].
#[derive(Clone, Debug, Default)]
pub struct PrecisionRecallOptions {
    /// The label of positive samples; 1 if not given, and the other label is 0 or −1 then.
    pub pos_label: Option<i64>,
    /// Whether to leave out points at which no true positive is won or lost; false by default.
    pub drop_intermediate: bool,
}

/// What [`precision_recall_curve`] gives: its points, recall from 1 down to 0.
#[derive(Clone, Debug, PartialEq)]
pub struct PrecisionRecallCurve {
    /// The share of positive samples among those with at least this score; 1 at the last point.
    pub precision: Vec<f64>,
    /// The share of the positive samples with at least this score; 0 at the last point. If no sample is
    /// positive, 1 before it.
    pub recall: Vec<f64>,
    /// The scores in ascending order: one fewer than points.
    pub thresholds: Vec<f64>,
}

/// Precision against recall, as the threshold of the score rises.
///
/// ```
/// use monitor::metrics::precision_recall_curve;
/// let curve = precision_recall_curve([0i64, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], Default::default());
/// assert_eq!(curve.precision, [0.5, 2.0 / 3.0, 0.5, 1.0, 1.0]);
/// assert_eq!(curve.recall, [1.0, 1.0, 0.5, 0.5, 0.0]);
/// assert_eq!(curve.thresholds, [0.1, 0.35, 0.4, 0.8]);
/// ```
///
/// # Panics
///
/// As [`roc_curve`](super::roc_curve).
#[track_caller]
pub fn precision_recall_curve(
    y_true: impl Into<Tensor>,
    y_score: impl Into<Tensor>,
    options: PrecisionRecallOptions,
) -> PrecisionRecallCurve {
    let (positive, scores) = binary(&y_true.into(), &y_score.into(), options.pos_label);
    points(&positive, &scores, options.drop_intermediate)
}

pub(super) fn points(positive: &[bool], scores: &[f64], drop_intermediate: bool) -> PrecisionRecallCurve {
    let mut found = Thresholds::of(positive, scores);
    if drop_intermediate {
        found = found.without(|t, i| t.tps[i] == t.tps[i - 1] && t.tps[i + 1] == t.tps[i]);
    }
    let all = *found.tps.last().expect("there are samples");
    let counts = || found.tps.iter().zip(&found.fps).rev();
    let recall = |tp: &f64| if all == 0.0 { 1.0 } else { tp / all };
    PrecisionRecallCurve {
        precision: counts().map(|(tp, fp)| tp / (tp + fp)).chain([1.0]).collect(),
        recall: counts().map(|(tp, _)| recall(tp)).chain([0.0]).collect(),
        thresholds: found.thresholds.iter().rev().copied().collect(),
    }
}
