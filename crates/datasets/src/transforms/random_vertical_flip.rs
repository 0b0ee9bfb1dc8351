use super::Transform;
use super::draws::chance;
use super::functional::vflip;
use tensor::Tensor;

/// Every other image, on average, upside down, as `torchvision.transforms.RandomVerticalFlip`.
///
/// It draws `torch.rand(1)` for each image.
///
/// ```
/// use datasets::transforms::{RandomVerticalFlip, Transform};
/// use tensor::Tensor;
///
/// let image = Tensor::from([[1u8, 2], [3, 4]]);
/// assert_eq!(RandomVerticalFlip::new(1.0).apply(image).to_vec::<u8>(), [3, 4, 1, 2]);
/// ```
///
/// # Panics
/// If the sample is not [an image](mod@crate::transforms#images).
#[derive(Clone, Copy, Debug)]
pub struct RandomVerticalFlip {
    p: f64,
}

impl RandomVerticalFlip {
    /// With probability `p`; the default is 0.5.
    pub fn new(p: f64) -> Self {
        Self { p }
    }
}

impl Default for RandomVerticalFlip {
    fn default() -> Self {
        Self::new(0.5)
    }
}

impl Transform for RandomVerticalFlip {
    #[track_caller]
    fn apply(&self, x: Tensor) -> Tensor {
        if chance(self.p) { vflip(&x) } else { x }
    }
}
