use super::Transform;
use super::functional::center_crop;
use tensor::{PerAxis, Tensor};

/// The middle of the image, as `torchvision.transforms.CenterCrop`; where the image is smaller, there are
/// zeros around it.
///
/// # Panics
/// If the sample is not [an image](mod@crate::transforms#images).
#[derive(Clone, Copy, Debug)]
pub struct CenterCrop {
    size: PerAxis<2>,
}

impl CenterCrop {
    /// Of this size: `[height, width]`, or one number for both.
    pub fn new(size: impl Into<PerAxis<2>>) -> Self {
        Self { size: size.into() }
    }
}

impl Transform for CenterCrop {
    #[track_caller]
    fn apply(&self, x: Tensor) -> Tensor {
        center_crop(&x, self.size)
    }
}
