use tensor::Tensor;

use super::{averaged_over_classes, precision_recall};
use crate::metrics::input::{Scores, array, assert_lengths, classes, labels, samples, tuple};
use crate::metrics::prf::Average;
use crate::metrics::sums::sum;

/// The settings of [`average_precision_score`].
#[derive(Clone, Debug)]
pub struct AveragePrecisionOptions {
    /// How one number is made of those of several classes; [`Average::Macro`] by default. Two classes have
    /// one.
    pub average: Average,
    /// The label of positive samples, of two; 1 by default.
    pub pos_label: i64,
}

impl Default for AveragePrecisionOptions {
    fn default() -> AveragePrecisionOptions {
        AveragePrecisionOptions { average: Average::Macro, pos_label: 1 }
    }
}

/// The mean precision over the thresholds, each weighted by the recall it adds: `Σ (Rᵢ − Rᵢ₋₁)·Pᵢ`.
///
/// `y_score` is `[n]` for two classes, `[n, classes]` for more, in ascending order of the labels. 0 if no
/// sample is positive.
///
/// ```
/// use monitor::metrics::average_precision_score;
/// let score = average_precision_score([0i64, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], Default::default());
/// assert_eq!(score, 0.5 + 0.5 * 2.0 / 3.0);
/// ```
///
/// # Panics
///
/// With scikit-learn's words, as all [`metrics`](crate::metrics).
#[track_caller]
pub fn average_precision_score(
    y_true: impl Into<Tensor>,
    y_score: impl Into<Tensor>,
    options: AveragePrecisionOptions,
) -> f64 {
    let (y_true, y_score) = (y_true.into(), y_score.into());
    let labels = labels(&y_true);
    let (present, positive) = (classes(&labels), options.pos_label);
    if present.len() <= 2 {
        assert!(
            present.len() < 2 || present.contains(&positive),
            "pos_label={positive} is not a valid label. It should be one of {}",
            array(&present)
        );
        assert_lengths(&[samples(&y_true), samples(&y_score)]);
        let positive: Vec<bool> = labels.iter().map(|label| *label == positive).collect();
        return area(&positive, &Scores::of(&y_score).single());
    }
    assert!(
        positive == 1,
        "Parameter pos_label is fixed to 1 for multiclass y_true. Do not set pos_label or set pos_label to 1."
    );
    assert!(
        y_score.shape() == [labels.len(), present.len()],
        "`y_score` needs to be of shape `(n_samples, n_classes)`, since `y_true` contains multiple classes. Got \
         `y_score.shape={}`.",
        tuple(y_score.shape())
    );
    assert!(
        options.average != Average::Binary,
        "average has to be one of (None, 'micro', 'macro', 'weighted', 'samples')"
    );
    let places: Vec<usize> =
        labels.iter().map(|label| present.binary_search(label).expect("it is present")).collect();
    averaged_over_classes(&places, &Scores::of(&y_score), options.average, area)
}

fn area(positive: &[bool], scores: &[f64]) -> f64 {
    let curve = precision_recall::points(positive, scores, false);
    let steps = curve.recall.windows(2).zip(&curve.precision);
    let parts: Vec<f64> = steps.map(|(recall, precision)| (recall[1] - recall[0]) * precision).collect();
    (-sum(&parts)).max(0.0)
}
