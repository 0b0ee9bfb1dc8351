use std::f64::consts::PI;

use super::two_curves;
use tensor::Tensor;

/// The settings of [`make_moons`], with scikit-learn's defaults.
#[derive(Clone, Copy, Debug)]
pub struct MakeMoonsOptions {
    /// Whether the points come in random order. Default: `true`.
    pub shuffle: bool,
    /// The standard deviation of what is added to each coordinate. Default: nothing is.
    pub noise: Option<f64>,
    /// The seed. Default: one from the default generator.
    pub random_state: Option<u32>,
}

impl Default for MakeMoonsOptions {
    fn default() -> Self {
        Self { shuffle: true, noise: None, random_state: None }
    }
}

/// Two half circles, one into the other, as `sklearn.datasets.make_moons`: points, `F64` of shape
/// `[n_samples, 2]`, and labels, `I64`. Numbers are scikit-learn's for the same `random_state`.
///
/// ```
/// use datasets::{MakeMoonsOptions, make_moons};
///
/// let options = MakeMoonsOptions { noise: Some(0.2), random_state: Some(42), ..Default::default() };
/// let (x, y) = make_moons(200, options);
/// assert_eq!((x.shape(), y.shape()), (&[200, 2][..], &[200][..]));
/// assert_eq!(y.to_vec::<i64>()[..5], [0, 0, 0, 1, 1]);
/// ```
///
/// # Panics
/// If the noise is negative.
#[track_caller]
pub fn make_moons(n_samples: usize, options: MakeMoonsOptions) -> (Tensor, Tensor) {
    let MakeMoonsOptions { shuffle, noise, random_state } = options;
    let outer = |n| half_circle(n).map(|t| [t.cos(), t.sin()]).collect();
    let inner = |n| half_circle(n).map(|t| [1.0 - t.cos(), 1.0 - t.sin() - 0.5]).collect();
    two_curves("make_moons", n_samples, [&outer, &inner], shuffle, noise, random_state)
}

/// `np.linspace(0, np.pi, n)`.
fn half_circle(n: usize) -> impl Iterator<Item = f64> {
    let last = n.saturating_sub(1);
    (0..n).map(move |i| match i {
        0 => 0.0,
        i if i == last => PI,
        i => i as f64 * (PI / last as f64),
    })
}
