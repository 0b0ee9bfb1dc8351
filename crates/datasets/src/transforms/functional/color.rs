//! Brightness, contrast and saturation: a mixture of the image with one that lacks what is adjusted.

use tensor::dispatch::by_float;
use tensor::kernels::rounding::row_sum;
use tensor::{DType, Num, Tensor, zeros_dtype};

use super::grayscale::grey;
use super::planes::Planes;
use super::rgb_to_grayscale;

/// The image mixed with black, as `torchvision.transforms.functional.adjust_brightness`: 0 gives black, 1 the
/// image, 2 twice its brightness.
///
/// Bytes are computed as Pillow does it; floats from 0 to 1, as torchvision does with tensors.
///
/// ```
/// use datasets::transforms::functional::adjust_brightness;
/// use tensor::Tensor;
///
/// let grey = Tensor::from([[0u8, 51, 200]]);
/// assert_eq!(adjust_brightness(&grey, 1.5).to_vec::<u8>(), [0, 76, 255]);
/// ```
///
/// # Panics
/// If `x` is not [an image](mod@crate::transforms#images) with 1 or 3 channels, of bytes or floats,
/// or the factor is negative.
#[track_caller]
pub fn adjust_brightness(x: &Tensor, factor: f64) -> Tensor {
    check("adjust_brightness", "brightness_factor", x, factor);
    if x.dtype() == DType::U8 {
        return with_one_value(x, 0, factor);
    }
    blend(x, &zeros_dtype((), x.dtype()), factor)
}

/// The image mixed with the mean of its greys, as `torchvision.transforms.functional.adjust_contrast`: 0
/// gives an even grey, 1 the image.
///
/// # Panics
/// As [`adjust_brightness`].
#[track_caller]
pub fn adjust_contrast(x: &Tensor, factor: f64) -> Tensor {
    let image = check("adjust_contrast", "contrast_factor", x, factor);
    if x.dtype() == DType::U8 {
        let x = x.contiguous();
        let pixels = x.as_slice::<u8>().chunks_exact(image.channels);
        let sum: u64 = pixels.map(|x| u64::from(grey(x))).sum();
        let mean = sum as f64 / (image.height * image.width) as f64;
        return with_one_value(&x, (mean + 0.5) as u8, factor);
    }
    let grey = if image.channels == 3 { rgb_to_grayscale(x, 1) } else { x.clone() };
    blend(x, &mean(&grey.contiguous(), image), factor)
}

/// The image mixed with its greys, as `torchvision.transforms.functional.adjust_saturation`: 0 gives an image
/// without colours, 1 the image. A grey image stays what it is.
///
/// # Panics
/// As [`adjust_brightness`].
#[track_caller]
pub fn adjust_saturation(x: &Tensor, factor: f64) -> Tensor {
    let image = check("adjust_saturation", "saturation_factor", x, factor);
    if image.channels == 1 {
        return x.clone();
    }
    if x.dtype() == DType::U8 {
        let mut y = x.clone();
        for pixel in y.make_mut::<u8>().as_chunks_mut::<3>().0 {
            let grey = grey(pixel);
            *pixel = pixel.map(|x| mixed(grey, x, factor as f32));
        }
        return y;
    }
    blend(x, &rgb_to_grayscale(x, 1), factor)
}

/// The mean of each image of one channel, added up as torch does it, with axes of size 1 for all three.
#[track_caller]
fn mean(grey: &Tensor, image: Planes) -> Tensor {
    let pixels = image.height * image.width;
    let mut shape = grey.shape().to_vec();
    let axes = shape.len().saturating_sub(3);
    shape[axes..].fill(1);
    by_float!("adjust_contrast", grey, T => {
        let images = grey.as_slice::<T>().chunks_exact(pixels.max(1));
        Tensor::from_vec(images.map(|x| row_sum(x) / T::from_f64(pixels as f64)).collect(), shape)
    })
}

#[track_caller]
fn check(op: &str, name: &str, x: &Tensor, factor: f64) -> Planes {
    assert!(factor >= 0.0, "{op}: {name} ({factor}) is not non-negative.");
    let image = Planes::grey_or_rgb(op, x);
    assert!(
        x.dtype() == DType::U8 || x.dtype().is_float(),
        "{op}: expected bytes or floats, got {}",
        x.dtype()
    );
    image
}

/// A byte on the way from `a` to `b`, or beyond it; Pillow's in single precision, with fractions cut off.
fn mixed(a: u8, b: u8, factor: f32) -> u8 {
    let (a, b) = (i32::from(a), i32::from(b));
    (a as f32 + factor * (b - a) as f32) as u8
}

/// The bytes of `x` mixed with a single one.
fn with_one_value(x: &Tensor, value: u8, factor: f64) -> Tensor {
    let table: [u8; 256] = std::array::from_fn(|x| mixed(value, x as u8, factor as f32));
    let mut y = x.clone();
    y.make_mut::<u8>().iter_mut().for_each(|x| *x = table[usize::from(*x)]);
    y
}

/// Floats on the way from `a` to `x`, or beyond it.
fn blend(x: &Tensor, a: &Tensor, factor: f64) -> Tensor {
    (x * factor + a * (1.0 - factor)).clamp(Some(0.0), Some(1.0))
}
