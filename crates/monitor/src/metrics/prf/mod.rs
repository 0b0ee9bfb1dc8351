//! Precision, recall and F-score.

mod average;
mod counts;

use tensor::Tensor;

pub use average::{Average, Averaging, PerClass};
pub(super) use {average::averaged, counts::Counts};

use super::input::{array, classes, label_pair};

/// The settings of precision, recall and F-score. An [`Average`] or [`PerClass`] alone stands for itself
/// with all else as usual.
#[derive(Clone, Debug)]
pub struct PrfOptions<A = Average> {
    /// What becomes of the scores of several labels; by default only `pos_label` counts.
    pub average: A,
    /// Which labels, in which order; all that occur, in ascending order, if not given. One that does not
    /// occur has nothing to divide by.
    pub labels: Option<Vec<i64>>,
    /// The label that [`Average::Binary`] looks at; 1 by default.
    pub pos_label: i64,
    /// The score where there is nothing to divide by: 0 by default, as where scikit-learn only warns. NaN
    /// leaves the label out of the mean.
    pub zero_division: f64,
}

impl Default for PrfOptions {
    fn default() -> PrfOptions {
        Average::Binary.into()
    }
}

impl<A: Averaging> From<A> for PrfOptions<A> {
    fn from(average: A) -> PrfOptions<A> {
        PrfOptions { average, labels: None, pos_label: 1, zero_division: 0.0 }
    }
}

/// What [`precision_recall_fscore_support`] gives: numbers, or lists of them in the order of the labels.
#[derive(Clone, Debug, PartialEq)]
pub struct PrfScores<S> {
    /// The precision.
    pub precision: S,
    /// The recall.
    pub recall: S,
    /// The F-score.
    pub fscore: S,
    /// The true samples of each label; nothing of an average, as scikit-learn has it.
    pub support: Option<Vec<u64>>,
}

/// The counts of the labels that are asked for.
#[track_caller]
fn counts<A: Averaging>(y_true: Tensor, y_pred: Tensor, options: &PrfOptions<A>) -> Vec<Counts> {
    let [y_true, y_pred] = label_pair(&y_true, &y_pred);
    let present = classes(&[&y_true[..], &y_pred].concat());
    if options.average.average() != Some(Average::Binary) {
        return Counts::of(&y_true, &y_pred, options.labels.as_ref().unwrap_or(&present));
    }
    assert!(
        present.len() <= 2,
        "Target is multiclass but average='binary'. Please choose another average setting, one of [None, 'micro', \
         'macro', 'weighted']."
    );
    let positive = options.pos_label;
    assert!(
        present.len() < 2 || present.contains(&positive),
        "pos_label={positive} is not a valid label. It should be one of {}",
        array(&present)
    );
    Counts::of(&y_true, &y_pred, &[positive])
}

/// Precision, recall, F-score with this `beta` and the number of true samples, at once.
///
/// ```
/// use monitor::metrics::{Average, PerClass, precision_recall_fscore_support};
///
/// let (y_true, y_pred) = ([0i64, 1, 2, 0, 1, 2], [0i64, 2, 1, 0, 0, 1]);
/// let scores = precision_recall_fscore_support(y_true, y_pred, 1.0, PerClass);
/// assert_eq!(scores.precision, [2.0 / 3.0, 0.0, 0.0]);
/// assert_eq!(scores.support, Some(vec![2, 2, 2]));
///
/// let scores = precision_recall_fscore_support(y_true, y_pred, 1.0, Average::Macro);
/// assert_eq!(scores.recall, 1.0 / 3.0);
/// ```
///
/// # Panics
///
/// As [`f1_score`].
#[track_caller]
pub fn precision_recall_fscore_support<A: Averaging>(
    y_true: impl Into<Tensor>,
    y_pred: impl Into<Tensor>,
    beta: f64,
    options: impl Into<PrfOptions<A>>,
) -> PrfScores<A::Score> {
    let options = options.into();
    let counts = counts(y_true.into(), y_pred.into(), &options);
    let (average, zero) = (options.average.average(), options.zero_division);
    let support = average.is_none().then(|| counts.iter().map(|c| c.actual).collect());
    PrfScores {
        precision: A::finish(averaged(average, &counts, |c| c.precision(zero))),
        recall: A::finish(averaged(average, &counts, |c| c.recall(zero))),
        fscore: A::finish(averaged(average, &counts, |c| c.fscore(beta, zero))),
        support,
    }
}

/// The share of the samples taken for a label that are of the label: `tp / (tp + fp)`.
///
/// ```
/// use monitor::metrics::{Average, PrfOptions, precision_score};
/// let (y_true, y_pred) = ([0i64, 1, 2, 0, 1, 2], [0i64, 2, 1, 0, 0, 1]);
/// assert_eq!(precision_score(y_true, y_pred, Average::Macro), 2.0 / 9.0);
///
/// let options = PrfOptions { zero_division: 1.0, ..Default::default() };
/// assert_eq!(precision_score([0i64, 1, 1], [0i64, 0, 0], options), 1.0); // nothing was taken for a 1
/// ```
///
/// # Panics
///
/// As [`f1_score`].
#[track_caller]
pub fn precision_score<A: Averaging>(
    y_true: impl Into<Tensor>,
    y_pred: impl Into<Tensor>,
    options: impl Into<PrfOptions<A>>,
) -> A::Score {
    let options = options.into();
    let counts = counts(y_true.into(), y_pred.into(), &options);
    A::finish(averaged(options.average.average(), &counts, |c| c.precision(options.zero_division)))
}

/// The share of the samples of a label that are taken for it: `tp / (tp + fn)`.
///
/// ```
/// use monitor::metrics::{PerClass, recall_score};
/// let (y_true, y_pred) = ([0i64, 1, 2, 0, 1, 2], [0i64, 2, 1, 0, 0, 1]);
/// assert_eq!(recall_score(y_true, y_pred, PerClass), [1.0, 0.0, 0.0]);
/// ```
///
/// # Panics
///
/// As [`f1_score`].
#[track_caller]
pub fn recall_score<A: Averaging>(
    y_true: impl Into<Tensor>,
    y_pred: impl Into<Tensor>,
    options: impl Into<PrfOptions<A>>,
) -> A::Score {
    let options = options.into();
    let counts = counts(y_true.into(), y_pred.into(), &options);
    A::finish(averaged(options.average.average(), &counts, |c| c.recall(options.zero_division)))
}

/// The harmonic mean of precision and recall: `2·tp / (2·tp + fp + fn)`.
///
/// ```
/// use monitor::metrics::{Average, PrfOptions, f1_score};
///
/// let (y_true, y_pred) = ([0i64, 1, 1, 0, 1], [0i64, 1, 0, 0, 1]);
/// assert_eq!(f1_score(y_true, y_pred, Average::Binary), 0.8); // of the label 1
/// assert_eq!(f1_score(y_true, y_pred, PrfOptions { pos_label: 0, ..Default::default() }), 0.8);
/// assert_eq!(f1_score(y_true, y_pred, Average::Weighted), 0.8);
/// ```
///
/// # Panics
///
/// With scikit-learn's words, as all [`metrics`](crate::metrics); also if [`Average::Binary`] meets more
/// than two labels, or two others than `pos_label`.
#[track_caller]
pub fn f1_score<A: Averaging>(
    y_true: impl Into<Tensor>,
    y_pred: impl Into<Tensor>,
    options: impl Into<PrfOptions<A>>,
) -> A::Score {
    fbeta_score(y_true, y_pred, 1.0, options)
}

/// The harmonic mean of precision and recall in which recall counts `beta` times as much:
/// `(1 + β²)·tp / ((1 + β²)·tp + β²·fn + fp)`.
///
/// ```
/// use monitor::metrics::{Average, fbeta_score};
/// let (y_true, y_pred) = ([0i64, 1, 1, 1, 1], [0i64, 1, 0, 0, 0]);
/// assert_eq!(fbeta_score(y_true, y_pred, 2.0, Average::Binary), 5.0 / 17.0);
/// ```
///
/// # Panics
///
/// As [`f1_score`].
#[track_caller]
pub fn fbeta_score<A: Averaging>(
    y_true: impl Into<Tensor>,
    y_pred: impl Into<Tensor>,
    beta: f64,
    options: impl Into<PrfOptions<A>>,
) -> A::Score {
    let options = options.into();
    let counts = counts(y_true.into(), y_pred.into(), &options);
    A::finish(averaged(options.average.average(), &counts, |c| c.fscore(beta, options.zero_division)))
}
