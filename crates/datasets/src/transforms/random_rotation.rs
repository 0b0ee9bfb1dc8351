use super::draws::uniform;
use super::functional::{InterpolationMode, rotate};
use super::range::Range;
use super::{Channels, Transform};
use tensor::Tensor;

/// The image turned by a random angle, as `torchvision.transforms.RandomRotation`; see
/// [`rotate`](super::functional::rotate). It draws the angle, evenly.
///
/// ```
/// use datasets::transforms::{InterpolationMode, RandomRotation, Transform};
/// use tensor::{DType, zeros_dtype};
///
/// let turn = RandomRotation::new(15.0).interpolation(InterpolationMode::Bilinear);
/// assert_eq!(turn.apply(zeros_dtype([28, 28], DType::U8)).shape(), [28, 28]);
/// ```
///
/// # Panics
/// As [`rotate`](super::functional::rotate).
#[derive(Clone, Debug)]
pub struct RandomRotation {
    degrees: [f64; 2],
    interpolation: InterpolationMode,
    expand: bool,
    center: Option<[f64; 2]>,
    fill: Channels,
}

impl RandomRotation {
    /// By up to `degrees` to either side, or from the first to the second of two, against the clock.
    ///
    /// # Panics
    /// If one number is negative.
    #[track_caller]
    pub fn new(degrees: impl Into<Range>) -> Self {
        Self {
            degrees: degrees.into().ends("RandomRotation", "degrees", 0.0, f64::NEG_INFINITY),
            interpolation: InterpolationMode::Nearest,
            expand: false,
            center: None,
            fill: 0.0.into(),
        }
    }

    /// How pixels are made, by default [`InterpolationMode::Nearest`].
    pub fn interpolation(self, interpolation: InterpolationMode) -> Self {
        Self { interpolation, ..self }
    }

    /// Whether the output is as large as the whole turned image needs; default `false`.
    pub fn expand(self, expand: bool) -> Self {
        Self { expand, ..self }
    }

    /// What it turns around, `[x, y]` from the upper left; by default the middle.
    pub fn center(self, center: [f64; 2]) -> Self {
        Self { center: Some(center), ..self }
    }

    /// The colour beyond the image, default 0: one number, or one for each channel.
    pub fn fill(self, fill: impl Into<Channels>) -> Self {
        Self { fill: fill.into(), ..self }
    }
}

impl Transform for RandomRotation {
    #[track_caller]
    fn apply(&self, x: Tensor) -> Tensor {
        let angle = uniform(self.degrees);
        rotate(&x, angle, self.interpolation, self.expand, self.center, self.fill.clone())
    }
}
