use super::Transform;
use super::functional::rgb_to_grayscale;
use tensor::Tensor;

/// The image without its colours, as `torchvision.transforms.Grayscale`; see
/// [`rgb_to_grayscale`](super::functional::rgb_to_grayscale).
///
/// # Panics
/// If the sample is not [an image](mod@crate::transforms#images) with 1 or 3 channels.
#[derive(Clone, Copy, Debug)]
pub struct Grayscale {
    num_output_channels: usize,
}

impl Grayscale {
    /// With one channel, the default, or three equal ones.
    pub fn new(num_output_channels: usize) -> Self {
        Self { num_output_channels }
    }
}

impl Default for Grayscale {
    fn default() -> Self {
        Self::new(1)
    }
}

impl Transform for Grayscale {
    #[track_caller]
    fn apply(&self, x: Tensor) -> Tensor {
        rgb_to_grayscale(&x, self.num_output_channels)
    }
}
