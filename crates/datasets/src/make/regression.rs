use super::{permutation, random_state, rows};
use tensor::Tensor;

/// The settings of [`make_regression`], with scikit-learn's defaults.
#[derive(Clone, Copy, Debug)]
pub struct MakeRegressionOptions {
    /// How many features the output depends on. Default: 10.
    pub n_informative: usize,
    /// How many outputs there are. Default: 1.
    pub n_targets: usize,
    /// Added to each output. Default: 0.
    pub bias: f64,
    /// The standard deviation of what is added to the outputs. Default: 0.
    pub noise: f64,
    /// Whether samples and features come in random order. Default: `true`.
    pub shuffle: bool,
    /// The seed. Default: one from the default generator.
    pub random_state: Option<u32>,
}

impl Default for MakeRegressionOptions {
    fn default() -> Self {
        let (n_informative, n_targets) = (10, 1);
        Self { n_informative, n_targets, bias: 0.0, noise: 0.0, shuffle: true, random_state: None }
    }
}

/// A random linear problem, as `sklearn.datasets.make_regression` with `coef=True`: inputs, standard normal,
/// `F64` of shape `[n_samples, n_features]`; outputs, `[n_samples]`, or `[n_samples, n_targets]` for more
/// than one; and the coefficients, `[n_features]` or `[n_features, n_targets]`. An axis of size 1 is left
/// out.
///
/// Draws are scikit-learn's for the same `random_state`. The products of inputs and coefficients are added up
/// in another order than NumPy's, so outputs may part from its own in the last bits.
///
/// ```
/// use datasets::{MakeRegressionOptions, make_regression};
///
/// let options = MakeRegressionOptions { noise: 1.0, random_state: Some(42), ..Default::default() };
/// let (x, y, coef) = make_regression(5, 2, options);
/// assert_eq!((x.shape(), y.shape(), coef.shape()), (&[5, 2][..], &[5][..], &[2][..]));
/// ```
///
/// There is no `effective_rank`.
///
/// # Panics
/// If there are no samples, features or targets, or the noise is negative.
#[track_caller]
pub fn make_regression(
    n_samples: usize,
    n_features: usize,
    options: MakeRegressionOptions,
) -> (Tensor, Tensor, Tensor) {
    let MakeRegressionOptions { n_informative, n_targets, bias, noise, .. } = options;
    assert!(
        n_samples > 0 && n_features > 0 && n_targets > 0 && noise >= 0.0,
        "make_regression: expected samples, features and targets and no negative noise, \
         got {n_samples}, {n_features}, {n_targets} and {noise}"
    );
    let mut rng = random_state(options.random_state);
    let mut x: Vec<f64> = (0..n_samples * n_features).map(|_| rng.next_normal()).collect();
    let informative = n_informative.min(n_features) * n_targets;
    let mut coef: Vec<f64> = (0..informative).map(|_| 100.0 * rng.next_f64()).collect();
    coef.resize(n_features * n_targets, 0.0);
    let inputs = Tensor::from_vec(x.clone(), [n_samples, n_features]);
    let y = inputs.matmul(&Tensor::from_vec(coef.clone(), [n_features, n_targets])) + bias;
    let mut y = y.to_vec::<f64>();
    if noise > 0.0 {
        y.iter_mut().for_each(|y| *y += noise * rng.next_normal());
    }
    if options.shuffle {
        let order = permutation(&mut rng, n_samples);
        (x, y) = (rows(&x, &order), rows(&y, &order));
        let order = permutation(&mut rng, n_features);
        x = x.chunks(n_features).flat_map(|row| order.iter().map(|&i| row[i])).collect();
        coef = rows(&coef, &order);
    }
    // `np.squeeze`
    let squeezed = |y: Vec<f64>, n: usize| {
        Tensor::from_vec(y, [n, n_targets].into_iter().filter(|&size| size != 1).collect::<Vec<_>>())
    };
    (Tensor::from_vec(x, [n_samples, n_features]), squeezed(y, n_samples), squeezed(coef, n_features))
}
