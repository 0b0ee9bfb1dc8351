use super::Transform;
use super::draws::chance;
use super::functional::hflip;
use tensor::Tensor;

/// Every other image, on average, left for right, as `torchvision.transforms.RandomHorizontalFlip`.
///
/// It draws `torch.rand(1)` for each image.
///
/// ```
/// use datasets::transforms::{RandomHorizontalFlip, Transform};
/// use tensor::Tensor;
///
/// let image = Tensor::from([[1u8, 2], [3, 4]]);
/// assert_eq!(RandomHorizontalFlip::new(1.0).apply(image).to_vec::<u8>(), [2, 1, 4, 3]);
/// ```
///
/// # Panics
/// If the sample is not [an image](mod@crate::transforms#images).
#[derive(Clone, Copy, Debug)]
pub struct RandomHorizontalFlip {
    p: f64,
}

impl RandomHorizontalFlip {
    /// With probability `p`; the default is 0.5.
    pub fn new(p: f64) -> Self {
        Self { p }
    }
}

impl Default for RandomHorizontalFlip {
    fn default() -> Self {
        Self::new(0.5)
    }
}

impl Transform for RandomHorizontalFlip {
    #[track_caller]
    fn apply(&self, x: Tensor) -> Tensor {
        if chance(self.p) { hflip(&x) } else { x }
    }
}
