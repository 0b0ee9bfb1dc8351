use tensor::{DType, PerAxis, Tensor};

use super::interpolation::{InterpolationMode, Taps, taps};
use super::places::{Places, gather};
use super::planes::Planes;
use crate::transforms::Channels;

/// The image in another size, as `torchvision.transforms.functional.resize`: `[height, width]`, or one number
/// for the shorter side; the longer one keeps the proportion, cut down, and is at most `max_size`.
///
/// Bytes are computed as Pillow does it, to the byte: a smaller image takes the mean of all pixels that each
/// of its own covers. Other tensors take [`InterpolationMode::Nearest`] and
/// [`NearestExact`](InterpolationMode::NearestExact).
///
/// ```
/// use datasets::transforms::InterpolationMode::Bilinear;
/// use datasets::transforms::functional::resize;
/// use tensor::Tensor;
///
/// let grey = Tensor::from([[0u8, 100, 200, 250]]);
/// assert_eq!(resize(&grey, [1, 2], Bilinear, None).to_vec::<u8>(), [64, 211]);
/// ```
///
/// # Panics
/// If `x` is not [an image](crate::transforms#images) or has no pixels, the size is 0, `max_size` stands
/// beside both sides or is not larger than the shorter one, or floats are to be interpolated.
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
    Planes::grey_or_rgb("resize", x);
    assert!(
        x.dtype() == DType::U8,
        "resize: {interpolation:?} takes an image of bytes, got {}; resize before ToTensor",
        x.dtype()
    );
    let table = |axis: usize| -> Vec<Taps<i32>> {
        taps(from[axis], to[axis], interpolation, support).into_iter().map(fixed_point).collect()
    };
    // Each pass rounds to bytes, so their order shows.
    let mut x = x.contiguous();
    for axis in if height_first(from, to) { [0, 1] } else { [1, 0] } {
        if from[axis] != to[axis] {
            x = pass(&x, image.pixel, axis, to[axis], &table(axis));
        }
    }
    x
}

/// Pillow begins with the height where that loses more than twice as many pixels as the width.
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

/// The digits behind the point that weights have: what 32 bits leave beside a byte, a sign and a bit for
/// weights beyond 1.
const DIGITS: u32 = 22;

fn fixed_point(taps: Taps<f64>) -> Taps<i32> {
    let round = |w: f64| (w * f64::from(1 << DIGITS) + 0.5f64.copysign(w)) as i32;
    Taps { first: taps.first, weights: taps.weights.into_iter().map(round).collect() }
}

/// A sum in fixed point as a byte.
fn byte(sum: i32) -> u8 {
    (sum >> DIGITS).clamp(0, 255) as u8
}

const HALF: i32 = 1 << (DIGITS - 1);

/// The image with `size` rows, for the axis 0, or columns.
fn pass(x: &Tensor, pixel: usize, axis: usize, size: usize, table: &[Taps<i32>]) -> Tensor {
    let mut shape = x.shape().to_vec();
    let row = shape[1] * pixel;
    shape[axis] = size;
    Tensor::from_fill(shape, |y: &mut [u8]| match axis {
        0 => down(x.as_slice(), y, row, table),
        _ => across(x.as_slice(), y, [row, size * pixel], pixel, table),
    })
}

/// Each row of `x` to the width of `y`; `rows` are their lengths in bytes.
fn across(x: &[u8], y: &mut [u8], rows: [usize; 2], pixel: usize, table: &[Taps<i32>]) {
    for (x, y) in x.chunks_exact(rows[0]).zip(y.chunks_exact_mut(rows[1])) {
        for (y, taps) in y.chunks_exact_mut(pixel).zip(table) {
            let x = &x[taps.first * pixel..][..taps.weights.len() * pixel];
            for (channel, y) in y.iter_mut().enumerate() {
                let pixels = x[channel..].iter().step_by(pixel).zip(&taps.weights);
                *y = byte(pixels.fold(HALF, |sum, (&x, w)| sum + i32::from(x) * w));
            }
        }
    }
}

/// The rows of `x`, of `row` bytes, to those of `y`.
fn down(x: &[u8], y: &mut [u8], row: usize, table: &[Taps<i32>]) {
    let mut sums = vec![0; row];
    for (y, taps) in y.chunks_exact_mut(row).zip(table) {
        sums.fill(HALF);
        for (x, w) in x[taps.first * row..].chunks_exact(row).zip(&taps.weights) {
            sums.iter_mut().zip(x).for_each(|(sum, &x)| *sum += i32::from(x) * w);
        }
        y.iter_mut().zip(&sums).for_each(|(y, &sum)| *y = byte(sum));
    }
}
