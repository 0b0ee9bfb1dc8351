use tensor::{DType, Tensor};

use crate::metrics::input::{assert_lengths, samples};
use crate::metrics::sums::sum;

/// The area below a curve by the trapezoidal rule. `x` goes one way, up or down.
///
/// ```
/// assert_eq!(monitor::metrics::auc([0.0, 0.5, 1.0], [0.0, 0.8, 1.0]), 0.65);
/// ```
///
/// # Panics
///
/// With scikit-learn's words if there are fewer than two points, other numbers of `x` than of `y`, or if
/// `x` goes up and down.
#[track_caller]
pub fn auc(x: impl Into<Tensor>, y: impl Into<Tensor>) -> f64 {
    let (x, y) = (x.into(), y.into());
    assert_lengths(&[samples(&x), samples(&y)]);
    area(&x.to_dtype(DType::F64).to_vec(), &y.to_dtype(DType::F64).to_vec())
}

#[track_caller]
pub(super) fn area(x: &[f64], y: &[f64]) -> f64 {
    let n = x.len();
    assert!(n >= 2, "At least 2 points are needed to compute area under curve, but x.shape = {n}");
    let steps: Vec<f64> = x.windows(2).map(|x| x[1] - x[0]).collect();
    let falls = steps.iter().any(|dx| *dx < 0.0);
    assert!(!falls || steps.iter().all(|dx| *dx <= 0.0), "x is neither increasing nor decreasing : {x:?}.");
    let parts: Vec<f64> = steps.iter().zip(y.windows(2)).map(|(dx, y)| dx * (y[1] + y[0]) / 2.0).collect();
    if falls { -sum(&parts) } else { sum(&parts) }
}
