use tensor::Tensor;

use super::input::{Scores, assert_lengths, assert_some, classes, label_pair, labels, samples, tuple};

/// The share of samples whose label is right.
///
/// ```
/// use monitor::metrics::accuracy_score;
/// assert_eq!(accuracy_score([0i64, 1, 2, 3], [0i64, 2, 1, 3]), 0.5);
/// ```
///
/// # Panics
///
/// With scikit-learn's words, as all [`metrics`](crate::metrics).
#[track_caller]
pub fn accuracy_score(y_true: impl Into<Tensor>, y_pred: impl Into<Tensor>) -> f64 {
    let [y_true, y_pred] = label_pair(&y_true.into(), &y_pred.into());
    let right = y_true.iter().zip(&y_pred).filter(|(t, p)| t == p).count();
    right as f64 / y_true.len() as f64
}

/// The settings of [`top_k_accuracy_score`].
#[derive(Clone, Debug)]
pub struct TopKOptions {
    /// How many of the highest scores count; 2 by default. As many as there are classes give 1, whatever
    /// the scores.
    pub k: usize,
    /// The label of each column in ascending order, if not every label is among the true ones.
    pub labels: Option<Vec<i64>>,
}

impl Default for TopKOptions {
    fn default() -> TopKOptions {
        TopKOptions { k: 2, labels: None }
    }
}

/// The share of samples whose label is among those with the `k` highest scores.
///
/// `y_score` is `[n, classes]`. Of equal scores the one further right counts as the higher one, as in
/// scikit-learn. If the true labels are two, `y_score` is `[n]`: then a score above 0.5, or above 0 where
/// the scores are no probabilities, speaks for the greater label.
///
/// ```
/// use monitor::metrics::{TopKOptions, top_k_accuracy_score};
/// let y_true = [0i64, 1, 2, 2];
/// let y_score = [[0.5, 0.2, 0.2], [0.3, 0.4, 0.2], [0.2, 0.4, 0.3], [0.7, 0.2, 0.1]];
/// assert_eq!(top_k_accuracy_score(y_true, y_score, TopKOptions::default()), 0.75);
/// ```
///
/// # Panics
///
/// With scikit-learn's words, as all [`metrics`](crate::metrics); also if the labels are not as many as the
/// columns.
#[track_caller]
pub fn top_k_accuracy_score(
    y_true: impl Into<Tensor>,
    y_score: impl Into<Tensor>,
    options: TopKOptions,
) -> f64 {
    let (y_true, y_score) = (y_true.into(), y_score.into());
    assert_some(y_true.shape());
    let n = samples(&y_true);
    let y_true = labels(&y_true);
    let scores = Scores::of(&y_score);
    let present = classes(&y_true);
    let binary = present.len() <= 2 && options.labels.as_ref().is_none_or(|labels| labels.len() <= 2);
    if binary {
        assert!(
            scores.columns() == 1,
            "`y_true` is binary while y_score is 2d with {} classes. If `y_true` does not contain all the labels, \
             `labels` must be provided.",
            scores.columns()
        );
    } else {
        assert_two_axes(&scores);
    }
    assert_lengths(&[n, samples(&y_score)]);
    let columns = if binary { 2 } else { scores.columns() };
    let classes = classes_of_columns(present, &y_true, options.labels, columns);
    let k = options.k;
    let place = |label: &i64| classes.binary_search(label).expect("every label was looked up");
    let hits = if !binary {
        let right = |(row, label): &(&[f64], &i64)| {
            let own = place(label);
            let before = |(j, x): &(usize, &f64)| **x > row[own] || (**x == row[own] && *j > own);
            row.iter().enumerate().filter(before).count() < k
        };
        scores.rows().zip(&y_true).filter(right).count()
    } else if k == 1 {
        let probable = scores.values.iter().all(|x| (0.0..=1.0).contains(x));
        let threshold = if probable { 0.5 } else { 0.0 };
        let pairs = scores.values.iter().zip(&y_true);
        pairs.filter(|(x, label)| usize::from(**x > threshold) == place(label)).count()
    } else {
        n
    };
    hits as f64 / n as f64
}

#[track_caller]
pub(super) fn assert_two_axes(scores: &Scores) {
    assert!(
        scores.shape.len() == 2,
        "`y_score` needs to be of shape `(n_samples, n_classes)`, since `y_true` contains multiple classes. Got \
         `y_score.shape={}`.",
        tuple(&scores.shape)
    );
}

/// The label of each column.
#[track_caller]
fn classes_of_columns(
    present: Vec<i64>,
    y_true: &[i64],
    given: Option<Vec<i64>>,
    columns: usize,
) -> Vec<i64> {
    let Some(labels) = given else {
        let n = present.len();
        assert!(
            n == columns,
            "Number of classes in 'y_true' ({n}) not equal to the number of classes in 'y_score' ({columns}).You can \
             provide a list of all known classes by assigning it to the `labels` parameter."
        );
        return present;
    };
    let n = labels.len();
    assert!(classes(&labels).len() == n, "Parameter 'labels' must be unique.");
    assert!(labels.is_sorted(), "Parameter 'labels' must be ordered.");
    assert!(
        n == columns,
        "Number of given labels ({n}) not equal to the number of classes in 'y_score' ({columns})."
    );
    let known = y_true.iter().all(|label| labels.binary_search(label).is_ok());
    assert!(known, "'y_true' contains labels not in parameter 'labels'.");
    labels
}
