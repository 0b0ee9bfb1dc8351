use super::draws::{below, chance, sides};
use super::functional::{erase, tensor_image};
use super::{Channels, Transform};
use crate::random::with_generator;
use tensor::Tensor;

/// A random rectangle of every other image, on average, replaced, as `torchvision.transforms.RandomErasing`.
/// It comes after [`ToTensor`](super::ToTensor).
///
/// It draws `torch.rand(1)`, then, ten times at the most until the rectangle is smaller than the image, a
/// share of its area and the proportion of the sides, by its logarithm; random values, if these are asked
/// for; the top and the left.
///
/// ```
/// use datasets::transforms;
/// use datasets::transforms::{RandomErasing, ToTensor, Transform};
/// use tensor::{DType, full_dtype};
///
/// let white = full_dtype([32, 32, 3], 255, DType::U8);
/// let y = transforms![ToTensor, RandomErasing::default().p(1.0)].apply(white);
/// assert!(y.mean().item() < 1.0);
/// ```
///
/// # Panics
/// On an image of bytes, or if `value` has another number of channels.
#[derive(Clone, Debug)]
pub struct RandomErasing {
    p: f64,
    scale: [f64; 2],
    ratio: [f64; 2],
    value: Option<Channels>,
}

impl Default for RandomErasing {
    fn default() -> Self {
        Self { p: 0.5, scale: [0.02, 0.33], ratio: [0.3, 3.3], value: Some(0.0.into()) }
    }
}

impl RandomErasing {
    /// The probability, default 0.5.
    ///
    /// # Panics
    /// If it is not between 0 and 1.
    #[track_caller]
    pub fn p(self, p: f64) -> Self {
        assert!(
            (0.0..=1.0).contains(&p),
            "RandomErasing: Random erasing probability should be between 0 and 1, got {p}"
        );
        Self { p, ..self }
    }

    /// The least and the largest share of the image's area, default 0.02 and 0.33.
    ///
    /// # Panics
    /// If one is not between 0 and 1.
    #[track_caller]
    pub fn scale(self, least: f64, most: f64) -> Self {
        assert!(
            least >= 0.0 && most <= 1.0,
            "RandomErasing: Scale should be between 0 and 1, got {least} and {most}"
        );
        Self { scale: [least, most], ..self }
    }

    /// The least and the largest proportion of height to width, default 0.3 and 3.3.
    pub fn ratio(self, least: f64, most: f64) -> Self {
        Self { ratio: [least, most], ..self }
    }

    /// What replaces the rectangle, default 0: one number, or one for each channel.
    pub fn value(self, value: impl Into<Channels>) -> Self {
        Self { value: Some(value.into()), ..self }
    }

    /// Normally distributed numbers replace the rectangle: torchvision's `value="random"`.
    pub fn random_value(self) -> Self {
        Self { value: None, ..self }
    }
}

impl Transform for RandomErasing {
    #[track_caller]
    fn apply(&self, x: Tensor) -> Tensor {
        let image = tensor_image("RandomErasing", &x);
        if !chance(self.p) {
            return x;
        }
        let (channels, height, width) = (image.channels, image.height, image.width);
        if let Some(Channels(values)) = &self.value {
            assert!(
                values.len() == 1 || values.len() == channels,
                "RandomErasing: If value is a sequence, it should have either a single value or {channels} \
                 (number of input channels), got {}",
                values.len()
            );
        }
        for _ in 0..10 {
            let [h, w] = sides(height * width, self.scale, self.ratio);
            if h >= height || w >= width {
                continue;
            }
            let value = match &self.value {
                Some(Channels(values)) => {
                    let values: Vec<f32> = values.iter().map(|&x| x as f32).collect();
                    let channels = values.len();
                    Tensor::from_vec(values, [channels, 1, 1])
                }
                None => Tensor::from_fill([channels, h, w], |y: &mut [f32]| {
                    with_generator(|g| g.fill_normal_f32(y, 0.0, 1.0));
                }),
            };
            let start = [below(height - h + 1), below(width - w + 1)];
            return erase(x, start, [h, w], &value);
        }
        x
    }
}
