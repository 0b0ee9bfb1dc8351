use ndarray::Array1;
use tensor::{NumpyRandomState, Tensor};

/// The toy data that the tutorial's first nets are trained on: a flower of 400 points in two colours,
/// `x: [400, 2]` and `y: [400, 1]` of 0 and 1. The numbers are those of NumPy after `np.random.seed(1)`.
///
/// ```text
/// for j in range(2):
///     t = np.linspace(j * 3.12, (j + 1) * 3.12, 200) + np.random.randn(200) * 0.2  # angle
///     r = 4 * np.sin(4 * t) + np.random.randn(200) * 0.2                           # radius
///     x[j * 200:(j + 1) * 200] = np.c_[r * np.sin(t), r * np.cos(t)]
///     y[j * 200:(j + 1) * 200] = j
/// ```
///
/// ```
/// let (x, y) = examples::flower();
/// assert_eq!((x.shape(), y.shape()), (&[400, 2][..], &[400, 1][..]));
/// ```
pub fn flower() -> (Tensor, Tensor) {
    let mut rng = NumpyRandomState::new(1);
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for j in 0..2 {
        let class = f64::from(j);
        let t = Array1::linspace(class * 3.12, (class + 1.0) * 3.12, 200) + rng.randn(200) * 0.2;
        let r = (&t * 4.0).sin() * 4.0 + rng.randn(200) * 0.2;
        for (t, r) in t.iter().zip(r) {
            x.extend([(r * t.sin()) as f32, (r * t.cos()) as f32]);
            y.push(j as f32);
        }
    }
    (Tensor::from_vec(x, [400, 2]), Tensor::from_vec(y, [400, 1]))
}
