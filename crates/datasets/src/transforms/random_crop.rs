use super::draws::below;
use super::functional::places::{Places, gather};
use super::functional::planes::Planes;
use super::functional::{Borders, PaddingMode};
use super::{Channels, Transform};
use tensor::{PerAxis, Tensor};

/// A rectangle of the image at a random place, as `torchvision.transforms.RandomCrop`. What CIFAR's nets are
/// trained with:
///
/// ```
/// use datasets::transforms;
/// use datasets::transforms::{Normalize, RandomCrop, RandomHorizontalFlip, ToTensor, Transform};
/// use tensor::{DType, zeros_dtype};
///
/// let normalize = Normalize::new([0.4914, 0.4822, 0.4465], [0.247, 0.243, 0.261]);
/// let (crop, flip) = (RandomCrop::new(32).padding(4), RandomHorizontalFlip::default());
/// let train = transforms![crop, flip, ToTensor, normalize];
/// assert_eq!(train.apply(zeros_dtype([32, 32, 3], DType::U8)).shape(), [3, 32, 32]);
/// ```
///
/// It draws `torch.randint` for the top and then for the left, and nothing where the size is the image's.
///
/// # Panics
/// If the sample is not [an image](mod@crate::transforms#images) or smaller than the rectangle, and as
/// [`pad`](super::functional::pad).
#[derive(Clone, Debug)]
pub struct RandomCrop {
    size: PerAxis<2>,
    padding: Borders,
    pad_if_needed: bool,
    fill: Channels,
    padding_mode: PaddingMode,
}

impl RandomCrop {
    /// Of this size: `[height, width]`, or one number for both.
    pub fn new(size: impl Into<PerAxis<2>>) -> Self {
        let (padding, padding_mode) = Default::default();
        Self { size: size.into(), padding, pad_if_needed: false, fill: 0.0.into(), padding_mode }
    }

    /// Borders that the image gets before, by default none: one number for all sides,
    /// `[left and right, top and bottom]`, or `[left, top, right, bottom]`.
    pub fn padding(self, padding: impl Into<Borders>) -> Self {
        Self { padding: padding.into(), ..self }
    }

    /// Whether an image that is too small gets what it lacks on either side; default `false`.
    pub fn pad_if_needed(self, pad_if_needed: bool) -> Self {
        Self { pad_if_needed, ..self }
    }

    /// The colour of the borders, default 0: one number or, for bytes, one for each channel.
    pub fn fill(self, fill: impl Into<Channels>) -> Self {
        Self { fill: fill.into(), ..self }
    }

    /// What the borders show, by default one colour.
    pub fn padding_mode(self, padding_mode: PaddingMode) -> Self {
        Self { padding_mode, ..self }
    }
}

impl Transform for RandomCrop {
    #[track_caller]
    fn apply(&self, x: Tensor) -> Tensor {
        let image = Planes::of("RandomCrop", &x);
        let size = self.size.axes();
        let all = [image.height, image.width].map(Places::all);
        let mut places = self.padding.around(all, self.padding_mode);
        for (places, size) in places.iter_mut().zip(size).filter(|_| self.pad_if_needed) {
            let lacking = size.saturating_sub(places.len()) as isize;
            *places = places.pad(lacking, lacking, self.padding_mode);
        }
        let padded = [places[0].len(), places[1].len()];
        assert!(
            padded[0] >= size[0] && padded[1] >= size[1],
            "RandomCrop: Required crop size ({}, {}) is larger than input image size ({}, {})",
            size[0],
            size[1],
            padded[0],
            padded[1]
        );
        if padded != size {
            let start = [0, 1].map(|axis| below(padded[axis] - size[axis] + 1) as isize);
            places = [0, 1].map(|axis| places[axis].crop(start[axis], size[axis]));
        }
        // One copy, from the image to its rectangle; the padded image is never made.
        gather("RandomCrop", &x, image, &places[0], &places[1], &self.fill)
    }
}
