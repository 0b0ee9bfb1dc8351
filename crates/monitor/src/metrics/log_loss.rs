use tensor::Tensor;

use super::input::{Scores, array, assert_lengths, classes, labels, samples};
use super::sums::{mean, sum};

/// The settings of [`log_loss`].
#[derive(Clone, Debug, Default)]
pub struct LogLossOptions {
    /// The label of each column, if not every label is among the true ones. Columns are in ascending order
    /// of the labels.
    pub labels: Option<Vec<i64>>,
}

/// The mean negative logarithm of the probability of the true label, or cross-entropy.
///
/// `y_proba` is `[n, classes]`, or `[n]` for the probability of the greater of two labels. Probabilities
/// are kept off 0 and 1 by the precision of the dtype they come in (2.2e-16 in F64, 1.2e-7 in F32), so that
/// the loss is finite. Rows that do not add up to 1 are a warning.
///
/// ```
/// use monitor::metrics::log_loss;
/// let loss = log_loss([0i64, 1, 1], [[0.5, 0.5], [0.25, 0.75], [0.75, 0.25]], Default::default());
/// assert!((loss - (2f64.ln() + (4.0f64 / 3.0).ln() + 4f64.ln()) / 3.0).abs() < 1e-15);
/// ```
///
/// # Panics
///
/// With scikit-learn's words, as all [`metrics`](crate::metrics); also if something is no probability, or
/// there is only one label.
#[track_caller]
pub fn log_loss(y_true: impl Into<Tensor>, y_proba: impl Into<Tensor>, options: LogLossOptions) -> f64 {
    let p = Probabilities::of(&y_true.into(), &y_proba.into(), options.labels);
    let (low, high) = (p.epsilon, 1.0 - p.epsilon);
    let losses: Vec<f64> = p.rows().map(|(own, row)| -row[own].clamp(low, high).ln()).collect();
    mean(&losses)
}

/// Probabilities of at least two classes, and the place of each sample's own.
pub(super) struct Probabilities {
    places: Vec<usize>,
    values: Vec<f64>,
    classes: usize,
    epsilon: f64,
}

impl Probabilities {
    #[track_caller]
    pub(super) fn of(y_true: &Tensor, y_proba: &Tensor, given: Option<Vec<i64>>) -> Probabilities {
        let scores = Scores::of(y_proba);
        assert_probabilities(&scores, "lower");
        assert_lengths(&[samples(y_proba), samples(y_true)]);
        let y_true = labels(y_true);
        let classes = classes_of(&y_true, given.as_deref());
        let (n, epsilon) = (classes.len(), scores.epsilon);
        let (columns, values) = match scores.columns() {
            1 => (2, scores.values.iter().flat_map(|p| [1.0 - p, *p]).collect()),
            columns => (columns, scores.values),
        };
        let whole = |row: &[f64]| (sum(row) - 1.0).abs() <= epsilon.sqrt();
        if !values.chunks_exact(columns).all(whole) {
            tensor::warn("The y_prob values do not sum to one. Make sure to pass probabilities.");
        }
        let found = array(&classes);
        match given {
            None => assert!(
                n == columns,
                "y_true and y_prob contain different number of classes: {n} vs {columns}. Please provide the true \
                 labels explicitly through the labels argument. Classes found in y_true: {found}"
            ),
            Some(_) => assert!(
                n == columns,
                "The number of classes in labels is different from that in y_prob. Classes found in labels: {found}"
            ),
        }
        let places =
            y_true.iter().map(|label| classes.binary_search(label).expect("every label was looked up"));
        Probabilities { places: places.collect(), values, classes: n, epsilon }
    }

    /// Each sample's own place and its row.
    pub(super) fn rows(&self) -> impl Iterator<Item = (usize, &[f64])> {
        self.places.iter().copied().zip(self.values.chunks_exact(self.classes))
    }

    pub(super) fn classes(&self) -> usize {
        self.classes
    }
}

#[track_caller]
pub(super) fn assert_probabilities(scores: &Scores, lower: &str) {
    let largest = scores.values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let least = scores.values.iter().copied().fold(f64::INFINITY, f64::min);
    assert!(largest <= 1.0, "y_prob contains values greater than 1: {largest:?}");
    assert!(least >= 0.0, "y_prob contains values {lower} than 0: {least:?}");
}

/// The labels of the columns in ascending order.
#[track_caller]
fn classes_of(y_true: &[i64], given: Option<&[i64]>) -> Vec<i64> {
    let Some(labels) = given else {
        let present = classes(y_true);
        assert!(
            present.len() > 1,
            "y_true contains only one label ({}). Please provide the list of all expected class labels explicitly \
             through the labels argument.",
            present[0]
        );
        return present;
    };
    let sorted = classes(labels);
    if sorted != labels {
        tensor::warn(&format!(
            "Labels passed were {labels:?}. But this function assumes labels are ordered lexicographically. Pass the \
             ordered labels={sorted:?} and ensure that the columns of y_prob correspond to this ordering."
        ));
    }
    let others = classes(y_true).into_iter().filter(|label| !labels.contains(label));
    let others: Vec<String> = others.map(|label| label.to_string()).collect();
    assert!(
        others.is_empty(),
        "y_true contains values {{{}}} not belonging to the passed labels {labels:?}.",
        others.join(", ")
    );
    let found = array(&sorted);
    assert!(sorted.len() > 1, "The labels array needs to contain at least two labels, got {found}.");
    sorted
}
