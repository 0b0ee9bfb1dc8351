use tensor::dispatch::by_float;
use tensor::{DType, PerAxis, Tensor};

use super::InterpolationMode;
use super::places::{Places, gather};
use super::planes::Planes;
use super::resample::resample;
use crate::transforms::Channels;

/// The image in another size, as `torchvision.transforms.functional.resize`: `[height, width]`, or one number
/// for the shorter side; the longer one keeps the proportion, cut down, and is at most `max_size`.
///
/// A smaller image takes the mean of all pixels that each of its own covers (`antialias=True`). Bytes are
/// computed as Pillow does it, to the byte, in every mode; floats as torchvision does with tensors, with
/// [`InterpolationMode::Bilinear`], [`Bicubic`](InterpolationMode::Bicubic) and the two of the nearest pixel.
///
/// ```
/// use datasets::transforms::InterpolationMode::Bilinear;
/// use datasets::transforms::functional::resize;
/// use tensor::Tensor;
///
/// let grey = Tensor::from([[0u8, 100, 200, 250]]);
/// assert_eq!(resize(&grey, [1, 2], Bilinear, None).to_vec::<u8>(), [71, 207]);
/// ```
///
/// # Panics
/// If `x` is not [an image](mod@crate::transforms#images) or has no pixels, the size is 0, `max_size` stands
/// beside both sides or is not larger than the shorter one, or another tensor than one of bytes has
/// another mode.
#[track_caller]
pub fn resize(
    x: &Tensor,
    size: impl Into<PerAxis<2>>,
    interpolation: InterpolationMode,
    max_size: Option<usize>,
) -> Tensor {
    let image = Planes::of("resize", x);
    let from = [image.height, image.width];
    assert!(!from.contains(&0), "resize: there are no pixels in {:?}", x.shape());
    let to = output_size(from, size.into(), max_size);
    assert!(!to.contains(&0), "resize: height and width must be > 0, got {to:?}");
    if from == to {
        return x.clone();
    }
    let Some(support) = interpolation.support() else {
        let place = |axis: usize| nearest(from[axis], to[axis], interpolation, x.dtype() == DType::U8);
        return gather("resize", x, image, &place(0), &place(1), &Channels::from(0.0));
    };
    if x.dtype() == DType::U8 {
        Planes::grey_or_rgb("resize", x);
        let order = if height_first(from, to) { [0, 1] } else { [1, 0] };
        return resample::<u8>(x, image, to, order, interpolation, support);
    }
    assert!(
        matches!(interpolation, InterpolationMode::Bilinear | InterpolationMode::Bicubic),
        "resize: {interpolation:?} takes an image of bytes, got {}; resize before ToTensor",
        x.dtype()
    );
    by_float!("resize", x, T => resample::<T>(x, image, to, [1, 0], interpolation, support))
}

/// Pillow begins with the height where that loses more than twice as many pixels as the width; since it
/// rounds to bytes after each of the two, their order shows.
fn height_first(from: [usize; 2], to: [usize; 2]) -> bool {
    let lost = |axis: usize| from[axis] as isize - to[axis] as isize;
    lost(0) > 0 && lost(0) > 2 * lost(1)
}

/// Height and width of the output.
#[track_caller]
fn output_size([height, width]: [usize; 2], size: PerAxis<2>, max_size: Option<usize>) -> [usize; 2] {
    let shorter = match size {
        PerAxis::Each(size) => {
            assert!(
                max_size.is_none(),
                "resize: max_size should only be passed if size specifies the length of the smaller edge"
            );
            return size;
        }
        PerAxis::All(shorter) => shorter,
    };
    let (short, long) = (height.min(width), height.max(width));
    let proportion = |a: usize, b: usize, c: usize| ((a * b) as f64 / c as f64) as usize;
    let (mut new_short, mut new_long) = (shorter, proportion(shorter, long, short));
    if let Some(max_size) = max_size {
        assert!(
            max_size > shorter,
            "resize: max_size = {max_size} must be strictly greater than the requested size for the smaller edge \
             size = {shorter}"
        );
        if new_long > max_size {
            (new_short, new_long) = (proportion(max_size, new_short, new_long), max_size);
        }
    }
    if width <= height { [new_long, new_short] } else { [new_short, new_long] }
}

/// The pixels that are nearest: as Pillow adds up the steps for bytes, as torch multiplies them for others.
fn nearest(input: usize, output: usize, mode: InterpolationMode, pillow: bool) -> Places {
    if pillow {
        let step = input as f64 / output as f64;
        let mut at = step * 0.5;
        return Places::of((0..output).map(|_| {
            let place = (at as usize).min(input - 1);
            at += step;
            place
        }));
    }
    let step = input as f32 / output as f32;
    let middle = if mode == InterpolationMode::NearestExact { 0.5 } else { 0.0 };
    Places::of((0..output).map(|i| (((i as f32 + middle) * step) as usize).min(input - 1)))
}
