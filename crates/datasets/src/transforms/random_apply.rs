use super::Transform;
use super::draws::rand;
use tensor::Tensor;

/// A transform, or several, for every other image on average, as `torchvision.transforms.RandomApply`.
///
/// It draws `torch.rand(1)` for each image, before what the transforms draw.
///
/// ```
/// use datasets::transforms;
/// use datasets::transforms::{ColorJitter, RandomApply, RandomVerticalFlip};
///
/// let jitter = RandomApply::new(ColorJitter::default().brightness(0.4)).p(0.8);
/// let several = RandomApply::new(transforms![jitter, RandomVerticalFlip::default()]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct RandomApply<T> {
    transform: T,
    p: f64,
}

impl<T: Transform> RandomApply<T> {
    /// Of this transform; [`transforms!`](crate::transforms!) makes one of several.
    pub fn new(transform: T) -> Self {
        Self { transform, p: 0.5 }
    }

    /// The probability, default 0.5.
    pub fn p(self, p: f64) -> Self {
        Self { p, ..self }
    }
}

impl<T: Transform> Transform for RandomApply<T> {
    #[track_caller]
    fn apply(&self, x: Tensor) -> Tensor {
        if (self.p as f32) < rand() { x } else { self.transform.apply(x) }
    }
}
