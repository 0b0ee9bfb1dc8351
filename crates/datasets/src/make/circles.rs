use std::f64::consts::TAU;

use super::two_curves;
use tensor::Tensor;

/// The settings of [`make_circles`], with scikit-learn's defaults.
#[derive(Clone, Copy, Debug)]
pub struct MakeCirclesOptions {
    /// Whether the points come in random order. Default: `true`.
    pub shuffle: bool,
    /// The standard deviation of what is added to each coordinate. Default: nothing is.
    pub noise: Option<f64>,
    /// The seed. Default: one from the default generator.
    pub random_state: Option<u32>,
    /// The radius of the inner circle; that of the outer is 1. Default: 0.8.
    pub factor: f64,
}

impl Default for MakeCirclesOptions {
    fn default() -> Self {
        Self { shuffle: true, noise: None, random_state: None, factor: 0.8 }
    }
}

/// A circle around another, as `sklearn.datasets.make_circles`: points, `F64` of shape `[n_samples, 2]`, and
/// labels, `I64`, 1 for the inner one. Numbers are scikit-learn's for the same `random_state`.
///
/// ```
/// use datasets::{MakeCirclesOptions, make_circles};
///
/// let options = MakeCirclesOptions { factor: 0.5, random_state: Some(42), ..Default::default() };
/// let (x, y) = make_circles(100, options);
/// assert_eq!((x.shape(), y.to_vec::<i64>()[..5].to_vec()), (&[100, 2][..], vec![1, 1, 1, 0, 0]));
/// ```
///
/// # Panics
/// If the factor is not in [0, 1), or the noise is negative.
#[track_caller]
pub fn make_circles(n_samples: usize, options: MakeCirclesOptions) -> (Tensor, Tensor) {
    let MakeCirclesOptions { shuffle, noise, random_state, factor } = options;
    assert!(
        (0.0..1.0).contains(&factor),
        "make_circles: The 'factor' parameter of make_circles must be a float in the range [0.0, 1.0). Got {factor:?} instead."
    );
    let outer = |n| circle(n).map(|t| [t.cos(), t.sin()]).collect();
    let inner = |n| circle(n).map(|t| [t.cos() * factor, t.sin() * factor]).collect();
    two_curves("make_circles", n_samples, [&outer, &inner], shuffle, noise, random_state)
}

/// `np.linspace(0, 2 * np.pi, n, endpoint=False)`.
fn circle(n: usize) -> impl Iterator<Item = f64> {
    (0..n).map(move |i| i as f64 * (TAU / n as f64))
}
