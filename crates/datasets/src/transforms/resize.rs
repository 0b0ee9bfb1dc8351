use super::Transform;
use super::functional::{InterpolationMode, resize};
use tensor::{PerAxis, Tensor};

/// The image in another size, as `torchvision.transforms.Resize`; see
/// [`resize`](super::functional::resize()).
///
/// ```
/// use datasets::transforms::{Resize, Transform};
/// use tensor::{DType, zeros_dtype};
///
/// let image = || zeros_dtype([48, 64, 3], DType::U8);
/// assert_eq!(Resize::new(24).apply(image()).shape(), [24, 32, 3]); // the shorter side
/// assert_eq!(Resize::new([24, 24]).apply(image()).shape(), [24, 24, 3]);
/// ```
///
/// # Panics
/// As [`resize`](super::functional::resize()).
#[derive(Clone, Copy, Debug)]
pub struct Resize {
    size: PerAxis<2>,
    interpolation: InterpolationMode,
    max_size: Option<usize>,
}

impl Resize {
    /// To `[height, width]`; one number is the shorter side, and the longer one keeps the proportion.
    pub fn new(size: impl Into<PerAxis<2>>) -> Self {
        Self { size: size.into(), interpolation: InterpolationMode::default(), max_size: None }
    }

    /// How pixels are made, by default [`InterpolationMode::Bilinear`].
    pub fn interpolation(self, interpolation: InterpolationMode) -> Self {
        Self { interpolation, ..self }
    }

    /// The most that the longer side may be, where only the shorter one is given; by default any number.
    pub fn max_size(self, max_size: usize) -> Self {
        Self { max_size: Some(max_size), ..self }
    }
}

impl Transform for Resize {
    #[track_caller]
    fn apply(&self, x: Tensor) -> Tensor {
        resize(&x, self.size, self.interpolation, self.max_size)
    }
}
