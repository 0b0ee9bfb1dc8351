use tensor::{DType, Tensor};

use super::input::{assert_finite, assert_lengths, assert_some, samples, tuple};
use super::sums::{column_sums, mean};

/// Numbers of both sides, in rows of `outputs`.
pub(super) struct Pairs {
    pub(super) y_true: Vec<f64>,
    pub(super) y_pred: Vec<f64>,
    pub(super) outputs: usize,
    pub(super) samples: usize,
}

impl Pairs {
    #[track_caller]
    pub(super) fn of(y_true: Tensor, y_pred: Tensor) -> Pairs {
        let n = samples(&y_true);
        assert_lengths(&[n, samples(&y_pred)]);
        let ((t, outputs), (p, predicted)) = (values(&y_true), values(&y_pred));
        assert!(
            outputs == predicted,
            "y_true and y_pred have different number of output ({outputs}!={predicted})"
        );
        Pairs { y_true: t, y_pred: p, outputs, samples: n }
    }

    pub(super) fn map(&self, f: impl Fn(f64, f64) -> f64) -> Vec<f64> {
        self.y_true.iter().zip(&self.y_pred).map(|(t, p)| f(*t, *p)).collect()
    }

    /// The mean over the samples, of each output.
    pub(super) fn means(&self, f: impl Fn(f64, f64) -> f64) -> Vec<f64> {
        let sums = column_sums(&self.map(f), self.outputs);
        sums.into_iter().map(|sum| sum / self.samples as f64).collect()
    }

    /// The squared distances between both sides, added up for each output.
    pub(super) fn residual(&self) -> Vec<f64> {
        column_sums(&self.map(|t, p| (t - p) * (t - p)), self.outputs)
    }

    /// The squared distances of what is true from its means, added up for each output.
    pub(super) fn spread(&self, means: &[f64]) -> Vec<f64> {
        let pairs = self.y_true.iter().zip(means.iter().cycle());
        column_sums(&pairs.map(|(t, mean)| (t - mean) * (t - mean)).collect::<Vec<_>>(), self.outputs)
    }
}

/// The numbers of one side, and how many a sample has.
#[track_caller]
fn values(x: &Tensor) -> (Vec<f64>, usize) {
    assert_some(x.shape());
    let values = x.to_dtype(DType::F64).to_vec();
    assert_finite(None, &values, x.dtype());
    match x.shape() {
        [_] => (values, 1),
        [_, outputs] => (values, *outputs),
        shape => {
            panic!("Found array with dim {}, while dim <= 2 is required: {}.", shape.len(), tuple(shape))
        }
    }
}

/// The mean of the squared differences. Several outputs, `[n, outputs]`, count alike.
///
/// ```
/// use monitor::metrics::mean_squared_error;
/// assert_eq!(mean_squared_error([3.0, -0.5, 2.0, 7.0], [2.5, 0.0, 2.0, 8.0]), 0.375);
/// ```
///
/// # Panics
///
/// With scikit-learn's words, as all [`metrics`](crate::metrics).
#[track_caller]
pub fn mean_squared_error(y_true: impl Into<Tensor>, y_pred: impl Into<Tensor>) -> f64 {
    mean(&Pairs::of(y_true.into(), y_pred.into()).means(|t, p| (t - p) * (t - p)))
}

/// The root of the [`mean_squared_error`], in the unit of what is predicted. Of several outputs, `[n,
/// outputs]`, the mean of their roots.
///
/// ```
/// use monitor::metrics::root_mean_squared_error;
/// assert_eq!(root_mean_squared_error([1.0, 2.0, 3.0, 4.0], [3.0, 0.0, 5.0, 2.0]), 2.0);
/// ```
///
/// # Panics
///
/// With scikit-learn's words, as all [`metrics`](crate::metrics).
#[track_caller]
pub fn root_mean_squared_error(y_true: impl Into<Tensor>, y_pred: impl Into<Tensor>) -> f64 {
    let means = Pairs::of(y_true.into(), y_pred.into()).means(|t, p| (t - p) * (t - p));
    mean(&means.into_iter().map(f64::sqrt).collect::<Vec<_>>())
}

/// The mean of the absolute differences. Several outputs, `[n, outputs]`, count alike.
///
/// ```
/// use monitor::metrics::mean_absolute_error;
/// assert_eq!(mean_absolute_error([3.0, -0.5, 2.0, 7.0], [2.5, 0.0, 2.0, 8.0]), 0.5);
/// ```
///
/// # Panics
///
/// With scikit-learn's words, as all [`metrics`](crate::metrics).
#[track_caller]
pub fn mean_absolute_error(y_true: impl Into<Tensor>, y_pred: impl Into<Tensor>) -> f64 {
    mean(&Pairs::of(y_true.into(), y_pred.into()).means(|t, p| (p - t).abs()))
}

/// The mean of the absolute differences, each relative to what is true: 0.1 is 10 %. Where the truth is 0,
/// the difference is divided by 2.2e-16, and the result is enormous.
///
/// ```
/// use monitor::metrics::mean_absolute_percentage_error;
/// assert_eq!(mean_absolute_percentage_error([4.0, -2.0, 8.0], [3.0, -3.0, 8.0]), 0.25);
/// ```
///
/// # Panics
///
/// With scikit-learn's words, as all [`metrics`](crate::metrics).
#[track_caller]
pub fn mean_absolute_percentage_error(y_true: impl Into<Tensor>, y_pred: impl Into<Tensor>) -> f64 {
    let pairs = Pairs::of(y_true.into(), y_pred.into());
    mean(&pairs.means(|t, p| (p - t).abs() / t.abs().max(f64::EPSILON)))
}

/// R², the share of the variance that is explained: `1 − Σ (t − p)² / Σ (t − mean)²`.
///
/// 1 is perfect, 0 as good as the mean, and it may be less. Of several outputs, `[n, outputs]`, the mean.
/// If all that is true is one number, it is 1 for predictions that are right and 0 for others. NaN of a
/// single sample.
///
/// ```
/// use monitor::metrics::r2_score;
/// assert_eq!(r2_score([3.0, -0.5, 2.0, 7.0], [2.5, 0.0, 2.0, 8.0]), 0.9486081370449679);
/// assert_eq!(r2_score([1.0, 2.0, 3.0], [2.0, 2.0, 2.0]), 0.0);
/// ```
///
/// # Panics
///
/// With scikit-learn's words, as all [`metrics`](crate::metrics).
#[track_caller]
pub fn r2_score(y_true: impl Into<Tensor>, y_pred: impl Into<Tensor>) -> f64 {
    let pairs = Pairs::of(y_true.into(), y_pred.into());
    if pairs.samples < 2 {
        return f64::NAN;
    }
    let residual = pairs.residual();
    let spread = pairs.spread(&pairs.means(|t, _| t));
    let scores = residual.into_iter().zip(spread).map(|(r, s)| explained(r, s));
    mean(&scores.collect::<Vec<_>>())
}

/// The share of the spread that is no residual.
pub(super) fn explained(residual: f64, spread: f64) -> f64 {
    match (residual == 0.0, spread == 0.0) {
        (true, _) => 1.0,
        (false, true) => 0.0,
        (false, false) => 1.0 - residual / spread,
    }
}
