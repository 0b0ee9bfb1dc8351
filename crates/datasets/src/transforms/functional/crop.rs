use tensor::{PerAxis, Tensor};

use super::places::{Places, gather};
use super::planes::Planes;
use crate::transforms::{Channels, PaddingMode};

/// A rectangle of the image, as `torchvision.transforms.functional.crop`; what lies beyond its borders is 0.
///
/// ```
/// use datasets::transforms::functional::crop;
/// use tensor::Tensor;
///
/// let grey = Tensor::from([[1u8, 2], [3, 4]]);
/// assert_eq!(crop(&grey, 1, -1, 1, 3).to_vec::<u8>(), [0, 3, 4]);
/// ```
///
/// # Panics
/// If `x` is not [an image](mod@crate::transforms#images).
#[track_caller]
pub fn crop(x: &Tensor, top: isize, left: isize, height: usize, width: usize) -> Tensor {
    let image = Planes::of("crop", x);
    let rows = Places::all(image.height).crop(top, height);
    let columns = Places::all(image.width).crop(left, width);
    gather("crop", x, image, &rows, &columns, &Channels::from(0.0))
}

/// The middle of the image, as `torchvision.transforms.functional.center_crop`: of `size`, `[height, width]`
/// or one number for both. Where the image is smaller, there are zeros around it.
///
/// # Panics
/// If `x` is not [an image](mod@crate::transforms#images).
#[track_caller]
pub fn center_crop(x: &Tensor, size: impl Into<PerAxis<2>>) -> Tensor {
    let image = Planes::of("center_crop", x);
    let [height, width] = size.into().axes();
    let middle = |n: usize, size: usize| {
        let more = size.saturating_sub(n) as isize;
        let padded = Places::all(n).pad(more / 2, (more + 1) / 2, PaddingMode::Constant);
        let start = ((padded.len() - size) as f64 / 2.0).round_ties_even();
        padded.crop(start as isize, size)
    };
    let (rows, columns) = (middle(image.height, height), middle(image.width, width));
    gather("center_crop", x, image, &rows, &columns, &Channels::from(0.0))
}
