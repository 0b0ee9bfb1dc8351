use super::Transform;
use tensor::Tensor;

/// `(x − mean) / std`, as `torchvision.transforms.Normalize`: one mean and one standard deviation for
/// everything, or one for each channel of `[channels, height, width]`.
///
/// ```
/// use datasets::transforms::{Normalize, Transform};
/// let x = tensor::ones([3, 2, 2]);
/// let y = Normalize::new([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]).apply(x);
/// assert_eq!(y.shape(), [3, 2, 2]);
/// ```
///
/// # Panics
/// On a tensor that is not `F32`, or has another number of channels.
#[derive(Clone, Debug)]
pub struct Normalize {
    mean: Vec<f32>,
    std: Vec<f32>,
}

impl Normalize {
    /// From numbers or arrays of numbers.
    ///
    /// # Panics
    /// If they differ in length, or a standard deviation is 0 as an `f32`.
    #[track_caller]
    pub fn new(mean: impl Into<Channels>, std: impl Into<Channels>) -> Self {
        let single = |x: Channels| x.0.into_iter().map(|x| x as f32).collect::<Vec<_>>();
        let (mean, std) = (single(mean.into()), single(std.into()));
        assert!(
            mean.len() == std.len() && !mean.is_empty(),
            "Normalize: {} means for {} standard deviations",
            mean.len(),
            std.len()
        );
        assert!(
            std.iter().all(|&std| std != 0.0),
            "Normalize: std evaluated to zero after conversion to float32, leading to division by zero"
        );
        Self { mean, std }
    }
}

impl Transform for Normalize {
    #[track_caller]
    fn apply(&self, mut x: Tensor) -> Tensor {
        let channels = self.mean.len();
        assert!(
            channels == 1 || x.ndim() == 3 && x.size(0) == channels,
            "Normalize: {channels} channels expected, got {:?}",
            x.shape()
        );
        let plane = (x.numel() / channels).max(1);
        let statistics = self.mean.iter().zip(&self.std);
        for (plane, (mean, std)) in x.make_mut::<f32>().chunks_exact_mut(plane).zip(statistics) {
            plane.iter_mut().for_each(|x| *x = (*x - mean) / std);
        }
        x
    }

    fn is_elementwise(&self) -> bool {
        self.mean.len() == 1
    }
}

/// One number, or one for each channel.
#[derive(Clone, Debug)]
pub struct Channels(pub(super) Vec<f64>);

impl From<f64> for Channels {
    fn from(x: f64) -> Self {
        Self(vec![x])
    }
}

impl<const N: usize> From<[f64; N]> for Channels {
    fn from(x: [f64; N]) -> Self {
        Self(x.to_vec())
    }
}

impl From<Vec<f64>> for Channels {
    fn from(x: Vec<f64>) -> Self {
        Self(x)
    }
}
