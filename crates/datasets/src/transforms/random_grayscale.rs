use super::Transform;
use super::draws::chance;
use super::functional::planes::Planes;
use super::functional::rgb_to_grayscale;
use tensor::Tensor;

/// Every tenth image, on average, without its colours, as `torchvision.transforms.RandomGrayscale`. It keeps
/// the number of channels.
///
/// It draws `torch.rand(1)` for each image.
///
/// # Panics
/// If the sample is not [an image](mod@crate::transforms#images) with 1 or 3 channels.
#[derive(Clone, Copy, Debug)]
pub struct RandomGrayscale {
    p: f64,
}

impl RandomGrayscale {
    /// With probability `p`; the default is 0.1.
    pub fn new(p: f64) -> Self {
        Self { p }
    }
}

impl Default for RandomGrayscale {
    fn default() -> Self {
        Self::new(0.1)
    }
}

impl Transform for RandomGrayscale {
    #[track_caller]
    fn apply(&self, x: Tensor) -> Tensor {
        let channels = Planes::of("RandomGrayscale", &x).channels;
        if chance(self.p) { rgb_to_grayscale(&x, channels) } else { x }
    }
}
