use super::{Points, random_state};
use tensor::{DType, Tensor};

/// The settings of [`make_blobs`], with scikit-learn's defaults.
#[derive(Clone, Debug)]
pub struct MakeBlobsOptions {
    /// How many coordinates a point has, unless the centers say it. Default: 2.
    pub n_features: usize,
    /// How many blobs there are, or where. Default: 3.
    pub centers: Centers,
    /// The standard deviation of every blob, or of each. Default: 1.
    pub cluster_std: Vec<f64>,
    /// The range of the coordinates of random centers. Default: −10 to 10.
    pub center_box: [f64; 2],
    /// Whether the points come in random order. Default: `true`.
    pub shuffle: bool,
    /// The seed. Default: one from the default generator.
    pub random_state: Option<u32>,
}

/// The centers of [`make_blobs`].
#[derive(Clone, Debug)]
pub enum Centers {
    /// So many, at random.
    Number(usize),
    /// At these points, of shape `[centers, features]`.
    At(Tensor),
}

impl From<usize> for Centers {
    fn from(number: usize) -> Self {
        Self::Number(number)
    }
}

impl From<Tensor> for Centers {
    fn from(points: Tensor) -> Self {
        Self::At(points)
    }
}

impl Default for MakeBlobsOptions {
    fn default() -> Self {
        Self {
            n_features: 2,
            centers: Centers::Number(3),
            cluster_std: vec![1.0],
            center_box: [-10.0, 10.0],
            shuffle: true,
            random_state: None,
        }
    }
}

/// Points around centers, normally distributed, as `sklearn.datasets.make_blobs` with `return_centers=True`:
/// points, `F64` of shape `[n_samples, n_features]`, the number of each one's center, `I64`, and the centers.
/// Numbers are scikit-learn's for the same `random_state`.
///
/// ```
/// use datasets::{MakeBlobsOptions, make_blobs};
///
/// let options = MakeBlobsOptions { centers: 3.into(), random_state: Some(0), ..Default::default() };
/// let (x, y, centers) = make_blobs(10, options);
/// assert_eq!((x.shape(), centers.shape()), (&[10, 2][..], &[3, 2][..]));
/// assert_eq!(y.to_vec::<i64>(), [0, 0, 1, 0, 2, 2, 2, 1, 1, 0]);
/// ```
///
/// # Panics
/// If there are no centers, centers given are not a matrix, or there are neither one nor as many standard
/// deviations as centers, or a negative one.
#[track_caller]
pub fn make_blobs(n_samples: usize, options: MakeBlobsOptions) -> (Tensor, Tensor, Tensor) {
    let MakeBlobsOptions { n_features, centers, cluster_std, center_box: [low, high], .. } = options;
    let mut rng = random_state(options.random_state);
    let centers = match centers {
        Centers::Number(n) => Tensor::from(rng.uniform(low, high, [n, n_features])),
        Centers::At(points) => points.to_dtype(DType::F64).contiguous(),
    };
    assert!(
        centers.ndim() == 2 && centers.numel() > 0,
        "make_blobs: expected centers of shape [centers, features], got {:?}",
        centers.shape()
    );
    let (n, features) = (centers.size(0), centers.size(1));
    assert!(
        [1, n].contains(&cluster_std.len()),
        "make_blobs: Length of `clusters_std` not consistent with number of centers. Got centers = {n} and \
         cluster_std = {cluster_std:?}"
    );
    assert!(cluster_std.iter().all(|std| *std >= 0.0), "make_blobs: expects scale >= 0, got {cluster_std:?}");
    let mut points = Points { x: Vec::with_capacity(n_samples * features), y: Vec::with_capacity(n_samples) };
    for (i, center) in centers.as_slice::<f64>().chunks(features).enumerate() {
        let std = cluster_std[i % cluster_std.len()];
        for _ in 0..n_samples / n + usize::from(i < n_samples % n) {
            points.x.extend(center.iter().map(|loc| loc + std * rng.next_normal()));
            points.y.push(i as i64);
        }
    }
    if options.shuffle {
        points.shuffle(&mut rng);
    }
    let (x, y) = points.tensors();
    (x, y, centers)
}
