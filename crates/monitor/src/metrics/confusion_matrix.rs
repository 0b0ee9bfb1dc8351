use std::collections::HashMap;

use tensor::Tensor;

use super::input::{classes, label_pair};

/// By what the counts of a confusion matrix are divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Normalize {
    /// By the samples of the true label: each row adds up to 1, and the diagonal is the recall.
    True,
    /// By the samples of the predicted label: each column adds up to 1, and the diagonal is the precision.
    Pred,
    /// By all samples.
    All,
}

/// The settings of [`confusion_matrix`].
#[derive(Clone, Debug, Default)]
pub struct ConfusionMatrixOptions {
    /// Which labels, in which order. All that occur, in ascending order, if not given; samples with others
    /// are left out.
    pub labels: Option<Vec<i64>>,
    /// Shares in F64 instead of counts in I64.
    pub normalize: Option<Normalize>,
}

/// How many samples of each label were taken for which: `[i, j]` counts those of label `i` that a model
/// calls `j`.
///
/// I64 `[classes, classes]`, or F64 if normalised; a row or column without samples is 0 then.
///
/// ```
/// use monitor::metrics::confusion_matrix;
/// let matrix = confusion_matrix([2i64, 0, 2, 2, 0, 1], [0i64, 0, 2, 2, 0, 2], Default::default());
/// assert_eq!(matrix.to_string(), "tensor([[2, 0, 0],\n        [0, 0, 1],\n        [1, 0, 2]])");
/// ```
///
/// # Panics
///
/// With scikit-learn's words, as all [`metrics`](crate::metrics); also if none of the `labels` is a true one.
#[track_caller]
pub fn confusion_matrix(
    y_true: impl Into<Tensor>,
    y_pred: impl Into<Tensor>,
    options: ConfusionMatrixOptions,
) -> Tensor {
    let [y_true, y_pred] = label_pair(&y_true.into(), &y_pred.into());
    let given = options.labels.is_some();
    let labels = options.labels.unwrap_or_else(|| classes(&[&y_true[..], &y_pred].concat()));
    assert!(!labels.is_empty(), "'labels' should contain at least one label.");
    let places: HashMap<i64, usize> = labels.iter().enumerate().map(|(i, label)| (*label, i)).collect();
    assert!(
        !given || y_true.iter().any(|label| places.contains_key(label)),
        "At least one label specified must be in y_true"
    );
    let k = labels.len();
    let mut counts = vec![0i64; k * k];
    for (t, p) in y_true.iter().zip(&y_pred) {
        if let (Some(t), Some(p)) = (places.get(t), places.get(p)) {
            counts[t * k + p] += 1;
        }
    }
    match options.normalize {
        None => Tensor::from_vec(counts, [k, k]),
        Some(normalize) => Tensor::from_vec(shares(&counts, k, normalize), [k, k]),
    }
}

/// The counts divided; nothing of nothing is 0.
pub(super) fn shares(counts: &[i64], k: usize, normalize: Normalize) -> Vec<f64> {
    let row = |i: usize| counts[i * k..][..k].iter().sum::<i64>();
    let column = |j: usize| counts[j..].iter().step_by(k).sum::<i64>();
    let totals: Vec<i64> = match normalize {
        Normalize::True => (0..k).map(row).collect(),
        Normalize::Pred => (0..k).map(column).collect(),
        Normalize::All => vec![counts.iter().sum()],
    };
    let total = |at: usize| match normalize {
        Normalize::True => totals[at / k],
        Normalize::Pred => totals[at % k],
        Normalize::All => totals[0],
    };
    let share = |(at, n): (usize, &i64)| if total(at) == 0 { 0.0 } else { *n as f64 / total(at) as f64 };
    counts.iter().enumerate().map(share).collect()
}
