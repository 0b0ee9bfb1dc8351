use super::Transform;
use super::draws::{below, sides};
use super::functional::planes::Planes;
use super::functional::{InterpolationMode, resized_crop};
use tensor::{PerAxis, Tensor};

/// A random rectangle of the image in a given size, as `torchvision.transforms.RandomResizedCrop`.
///
/// It draws a share of the image's area and the proportion of the sides, the latter evenly by its logarithm;
/// if that rectangle fits, its top and its left. After ten that do not fit it takes the middle.
///
/// ```
/// use datasets::transforms::{RandomResizedCrop, Transform};
/// use tensor::{DType, zeros_dtype};
///
/// let y = RandomResizedCrop::new(24).apply(zeros_dtype([48, 64, 3], DType::U8));
/// assert_eq!(y.shape(), [24, 24, 3]);
/// ```
///
/// # Panics
/// As [`resize`](super::functional::resize()).
#[derive(Clone, Copy, Debug)]
pub struct RandomResizedCrop {
    size: PerAxis<2>,
    scale: [f64; 2],
    ratio: [f64; 2],
    interpolation: InterpolationMode,
}

impl RandomResizedCrop {
    /// To this size: `[height, width]`, or one number for both.
    pub fn new(size: impl Into<PerAxis<2>>) -> Self {
        Self {
            size: size.into().each(),
            scale: [0.08, 1.0],
            ratio: [3.0 / 4.0, 4.0 / 3.0],
            interpolation: InterpolationMode::default(),
        }
    }

    /// The least and the largest share of the image's area, default 0.08 and 1.
    pub fn scale(self, least: f64, most: f64) -> Self {
        Self { scale: [least, most], ..self }
    }

    /// The least and the largest proportion of width to height, default 3/4 and 4/3.
    pub fn ratio(self, least: f64, most: f64) -> Self {
        Self { ratio: [least, most], ..self }
    }

    /// How pixels are made, by default [`InterpolationMode::Bilinear`].
    pub fn interpolation(self, interpolation: InterpolationMode) -> Self {
        Self { interpolation, ..self }
    }

    /// Top and left, height and width.
    #[track_caller]
    fn draw(&self, image: Planes) -> ([usize; 2], [usize; 2]) {
        let (height, width) = (image.height, image.width);
        for _ in 0..10 {
            let [w, h] = sides(height * width, self.scale, self.ratio);
            if (1..=width).contains(&w) && (1..=height).contains(&h) {
                return ([below(height - h + 1), below(width - w + 1)], [h, w]);
            }
        }
        let (least, most) = (self.ratio[0].min(self.ratio[1]), self.ratio[0].max(self.ratio[1]));
        let rounded = |x: f64| x.round_ties_even() as usize;
        let [h, w] = match width as f64 / height as f64 {
            ratio if ratio < least => [rounded(width as f64 / least), width],
            ratio if ratio > most => [height, rounded(height as f64 * most)],
            _ => [height, width],
        };
        ([(height - h) / 2, (width - w) / 2], [h, w])
    }
}

impl Transform for RandomResizedCrop {
    #[track_caller]
    fn apply(&self, x: Tensor) -> Tensor {
        let (start, size) = self.draw(Planes::of("RandomResizedCrop", &x));
        resized_crop(&x, start.map(|i| i as isize), size, self.size, self.interpolation)
    }
}
