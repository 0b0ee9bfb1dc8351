use tensor::Tensor;

use super::auc::area;
use super::{averaged_over_classes, roc_curve};
use crate::metrics::accuracy::assert_two_axes;
use crate::metrics::input::{Scores, assert_lengths, assert_some, classes, labels, samples};
use crate::metrics::prf::Average;
use crate::metrics::sums::{mean, sum, weighted};

/// How more than two classes are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MultiClass {
    /// Not at all: more than two are refused.
    Raise,
    /// Each class with all others together.
    Ovr,
    /// Each class with each other one (Hand & Till, 2001).
    Ovo,
}

/// The settings of [`roc_auc_score`].
#[derive(Clone, Debug)]
pub struct RocAucOptions {
    /// How one number is made of those of several classes; [`Average::Macro`] by default.
    pub average: Average,
    /// The area up to this rate of false positives only, scaled so that chance gives 0.5; for two classes.
    pub max_fpr: Option<f64>,
    /// How more than two classes are compared; they are refused by default.
    pub multi_class: MultiClass,
    /// The label of each column in ascending order, if not every label is among the true ones.
    pub labels: Option<Vec<i64>>,
}

impl Default for RocAucOptions {
    fn default() -> RocAucOptions {
        RocAucOptions { average: Average::Macro, max_fpr: None, multi_class: MultiClass::Raise, labels: None }
    }
}

/// The area below the [`roc_curve`](super::roc_curve()): the chance that of a positive and a negative
/// sample the positive one has the higher score.
///
/// `y_score` is `[n]` for two classes: the score of the greater label. For more it is `[n, classes]`,
/// probabilities that add up to 1 in each row. NaN if only one class is there.
///
/// ```
/// use monitor::metrics::{MultiClass, RocAucOptions, roc_auc_score};
///
/// assert_eq!(roc_auc_score([0i64, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], Default::default()), 0.75);
///
/// let scores = [[0.8, 0.1, 0.1], [0.2, 0.5, 0.3], [0.1, 0.6, 0.3], [0.3, 0.3, 0.4]];
/// let options = RocAucOptions { multi_class: MultiClass::Ovo, ..Default::default() };
/// assert_eq!(roc_auc_score([0i64, 1, 2, 2], scores, options), 0.875);
/// ```
///
/// # Panics
///
/// With scikit-learn's words, as all [`metrics`](crate::metrics); also if rows of several classes do not
/// add up to 1.
#[track_caller]
pub fn roc_auc_score(y_true: impl Into<Tensor>, y_score: impl Into<Tensor>, options: RocAucOptions) -> f64 {
    let (y_true, y_score) = (y_true.into(), y_score.into());
    assert_some(y_true.shape());
    let labels = labels(&y_true);
    let present = classes(&labels);
    let scores = Scores::of(&y_score);
    assert!(
        options.max_fpr.is_none_or(|max| max > 0.0 && max <= 1.0),
        "The 'max_fpr' parameter of roc_auc_score must be a float in the range (0.0, 1.0] or None. Got {:?} instead.",
        options.max_fpr.unwrap_or_default()
    );
    let part = options.max_fpr.filter(|max| *max != 1.0);
    if present.len() > 2 || scores.columns() > 2 {
        assert!(
            part.is_none(),
            "Partial AUC computation not available in multiclass setting, 'max_fpr' must be set to `None`, received \
             `max_fpr={}` instead",
            part.unwrap_or_default()
        );
        return of_several(&labels, &present, &scores, options);
    }
    assert_lengths(&[samples(&y_true), samples(&y_score)]);
    let positive: Vec<bool> = labels.iter().map(|label| present.len() == 2 && *label == present[1]).collect();
    of_two(&positive, &scores.single(), part)
}

#[track_caller]
fn of_several(y_true: &[i64], present: &[i64], scores: &Scores, options: RocAucOptions) -> f64 {
    let average = options.average;
    assert!(options.multi_class != MultiClass::Raise, "multi_class must be in ('ovo', 'ovr')");
    assert_two_axes(scores);
    let close = |row: &[f64]| (1.0 - sum(row)).abs() <= 1e-8 + 1e-5 * sum(row).abs();
    assert!(
        scores.rows().all(close),
        "Target scores need to be probabilities for multiclass roc_auc, i.e. they should sum up to 1.0 over classes"
    );
    match options.multi_class {
        MultiClass::Ovo => assert!(
            matches!(average, Average::Macro | Average::Weighted),
            "average must be one of ('macro', 'weighted', None) for multiclass problems"
        ),
        _ => assert!(
            average != Average::Binary,
            "average must be one of ('micro', 'macro', 'weighted', None) for multiclass problems"
        ),
    }
    let classes = match options.labels {
        Some(labels) => given(labels, y_true, scores.columns()),
        None => {
            assert!(
                present.len() == scores.columns(),
                "Number of classes in y_true not equal to the number of columns in 'y_score'"
            );
            present.to_vec()
        }
    };
    assert_lengths(&[y_true.len(), scores.shape[0]]);
    let places: Vec<usize> =
        y_true.iter().map(|label| classes.binary_search(label).expect("every label was looked up")).collect();
    match options.multi_class {
        MultiClass::Ovo => of_pairs(&places, scores, average),
        _ => averaged_over_classes(&places, scores, average, |positive, x| of_two(positive, x, None)),
    }
}

#[track_caller]
fn given(labels: Vec<i64>, y_true: &[i64], columns: usize) -> Vec<i64> {
    let n = labels.len();
    assert!(classes(&labels).len() == n, "Parameter 'labels' must be unique");
    assert!(labels.is_sorted(), "Parameter 'labels' must be ordered");
    assert!(
        n == columns,
        "Number of given labels, {n}, not equal to the number of columns in 'y_score', {columns}"
    );
    let known = y_true.iter().all(|label| labels.binary_search(label).is_ok());
    assert!(known, "'y_true' contains labels not in parameter 'labels'");
    labels
}

/// Every two classes that occur, both ways.
fn of_pairs(y_true: &[usize], scores: &Scores, average: Average) -> f64 {
    let present: Vec<usize> = (0..scores.columns()).filter(|class| y_true.contains(class)).collect();
    let (mut areas, mut prevalence) = (Vec::new(), Vec::new());
    for (i, &a) in present.iter().enumerate() {
        for &b in &present[i + 1..] {
            let both = || y_true.iter().zip(scores.rows()).filter(|(t, _)| **t == a || **t == b);
            let area = |class: usize| {
                let (positive, x): (Vec<bool>, Vec<f64>) =
                    both().map(|(t, row)| (*t == class, row[class])).unzip();
                of_two(&positive, &x, None)
            };
            areas.push((area(a) + area(b)) / 2.0);
            prevalence.push(both().count() as f64 / y_true.len() as f64);
        }
    }
    match average {
        Average::Weighted if !areas.is_empty() => {
            weighted(&areas, &prevalence).expect("pairs that occur have samples")
        }
        _ => mean(&areas),
    }
}

/// The area of two classes, or the part of it up to a rate of false positives.
fn of_two(positive: &[bool], scores: &[f64], max_fpr: Option<f64>) -> f64 {
    if positive.iter().all(|p| *p == positive[0]) {
        return f64::NAN;
    }
    let mut curve = roc_curve::points(positive, scores, true);
    let Some(max) = max_fpr else {
        return area(&curve.fpr, &curve.tpr);
    };
    let stop = curve.fpr.partition_point(|x| *x <= max);
    let ([x0, x1], [y0, y1]) =
        ([curve.fpr[stop - 1], curve.fpr[stop]], [curve.tpr[stop - 1], curve.tpr[stop]]);
    curve.fpr.truncate(stop);
    curve.tpr.truncate(stop);
    curve.fpr.push(max);
    curve.tpr.push((y1 - y0) / (x1 - x0) * (max - x0) + y0);
    let (least, most) = (0.5 * (max * max), max);
    0.5 * (1.0 + (area(&curve.fpr, &curve.tpr) - least) / (most - least))
}
