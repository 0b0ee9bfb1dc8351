use tensor::Tensor;

use super::input::{Scores, assert_lengths, classes, labels, samples};
use super::log_loss::{Probabilities, assert_probabilities};
use super::sums::{mean, sum};

/// The settings of [`brier_score_loss`].
#[derive(Clone, Debug, Default)]
pub struct BrierOptions {
    /// The label of positive samples, if `y_proba` is `[n]`; if not given 1, or the greater one where the
    /// labels are others than 0 and 1 or −1 and 1.
    pub pos_label: Option<i64>,
    /// The label of each column, if `y_proba` is `[n, classes]` and not every label is among the true ones.
    pub labels: Option<Vec<i64>>,
    /// Whether the sum over the classes is halved; if not given, it is for two classes.
    pub scale_by_half: Option<bool>,
}

/// The mean squared distance of the probabilities from what happened.
///
/// ```
/// use monitor::metrics::brier_score_loss;
/// assert_eq!(brier_score_loss([0i64, 1, 1, 0], [0.5, 0.5, 1.0, 0.0], Default::default()), 0.125);
/// ```
///
/// # Panics
///
/// As [`log_loss`](super::log_loss()); a single label is no reason if `y_proba` is `[n]`.
#[track_caller]
pub fn brier_score_loss(y_true: impl Into<Tensor>, y_proba: impl Into<Tensor>, options: BrierOptions) -> f64 {
    let (y_true, y_proba) = (y_true.into(), y_proba.into());
    let distance = |own: usize, row: &[f64]| {
        let apart = |(j, p): (usize, &f64)| (f64::from(u8::from(j == own)) - p).powi(2);
        sum(&row.iter().enumerate().map(apart).collect::<Vec<_>>())
    };
    let (distances, n): (Vec<f64>, usize) = match y_proba.shape() {
        [_] | [_, 1] => {
            let scores = Scores::of(&y_proba);
            assert_lengths(&[samples(&y_proba), samples(&y_true)]);
            let labels = labels(&y_true);
            let present = classes(&labels);
            assert!(
                present.len() <= 2,
                "The type of the target inferred from y_true is multiclass but should be binary according to the shape \
                 of y_prob."
            );
            assert_probabilities(&scores, "less");
            let greater = *present.last().expect("there are samples");
            let positive =
                options.pos_label.unwrap_or(if matches!(present[..], [0] | [-1]) { 1 } else { greater });
            let pairs = labels.iter().zip(&scores.values);
            (pairs.map(|(t, p)| distance(usize::from(*t == positive), &[1.0 - p, *p])).collect(), 2)
        }
        _ => {
            let p = Probabilities::of(&y_true, &y_proba, options.labels);
            (p.rows().map(|(own, row)| distance(own, row)).collect(), p.classes())
        }
    };
    let score = mean(&distances);
    if options.scale_by_half.unwrap_or(n < 3) { score * 0.5 } else { score }
}
