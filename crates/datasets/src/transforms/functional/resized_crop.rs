use tensor::{PerAxis, Tensor};

use super::{InterpolationMode, crop, resize};

/// A rectangle of the image in another size, as `torchvision.transforms.functional.resized_crop`:
/// [`crop`], then [`resize`].
///
/// # Panics
/// As [`resize`].
#[track_caller]
pub fn resized_crop(
    x: &Tensor,
    [top, left]: [isize; 2],
    [height, width]: [usize; 2],
    size: impl Into<PerAxis<2>>,
    interpolation: InterpolationMode,
) -> Tensor {
    resize(&crop(x, top, left, height, width), size, interpolation, None)
}
