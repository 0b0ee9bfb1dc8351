use tensor::Tensor;

use super::affine::backwards;
use super::planes::Planes;
use super::sampled::{from_middle, is_sampled, sampled};
use super::warp::{Matrix, bytes_image, warp};
use super::{InterpolationMode, hflip, vflip};
use crate::transforms::Channels;

/// The image turned by `angle` degrees against the clock, as `torchvision.transforms.functional.rotate`:
/// around its middle or `center`, `[x, y]` from the upper left. With `expand` the output is as large as the
/// whole turned image needs. What lies beyond the image is `fill`.
///
/// With [`InterpolationMode::Nearest`] or [`Bilinear`](InterpolationMode::Bilinear) it computes as Pillow
/// does of an image of bytes, to the byte, and as torchvision of a tensor where `x` has floats.
///
/// ```
/// use datasets::transforms::InterpolationMode::Nearest;
/// use datasets::transforms::functional::rotate;
/// use tensor::Tensor;
///
/// let grey = Tensor::from([[1u8, 2], [3, 4]]);
/// assert_eq!(rotate(&grey, 90.0, Nearest, false, None, 0.0).to_vec::<u8>(), [2, 4, 1, 3]);
/// ```
///
/// # Panics
/// If `x` is neither of `F32` or `F64` nor an image of bytes with 1 or 3 channels, `fill` has another
/// number of channels, or the interpolation is another.
#[track_caller]
pub fn rotate(
    x: &Tensor,
    angle: f64,
    interpolation: InterpolationMode,
    expand: bool,
    center: Option<[f64; 2]>,
    fill: impl Into<Channels>,
) -> Tensor {
    if is_sampled(x) {
        let image = Planes::of("rotate", x);
        let matrix = backwards(from_middle("rotate", x, center), -angle, [0.0; 2], 1.0, [0.0; 2]);
        let size = [image.height, image.width];
        let size = if expand { whole(matrix, size) } else { size };
        return sampled("rotate", x, size, matrix, interpolation, &fill.into());
    }
    let image = bytes_image("rotate", x);
    let angle = angle.rem_euclid(360.0);
    let square = image.height == image.width;
    // Turns that only move pixels are made without arithmetic, whatever the interpolation.
    match angle {
        _ if center.is_some() => {}
        0.0 => return x.clone(),
        180.0 => return vflip(&hflip(x)),
        90.0 if expand || square => return vflip(&x.transpose(0, 1)),
        270.0 if expand || square => return hflip(&x.transpose(0, 1)),
        _ => {}
    }
    let (mut height, mut width) = (image.height as f64, image.width as f64);
    let [x0, y0] = center.unwrap_or([width / 2.0, height / 2.0]);
    let angle = -angle.to_radians();
    let [sin, cos] = [angle.sin(), angle.cos()].map(to_15_digits);
    let at = |[a, b, c, d, e, f]: Matrix, x: f64, y: f64| [a * x + b * y + c, d * x + e * y + f];
    let turned = |[c, f]: [f64; 2]| [cos, sin, c, -sin, cos, f];
    let [c, f] = at(turned([0.0, 0.0]), -x0, -y0);
    let mut matrix = turned([c + x0, f + y0]);
    if expand {
        let corners = [[0.0, 0.0], [width, 0.0], [width, height], [0.0, height]];
        let corners = corners.map(|[x, y]| at(matrix, x, y));
        let [new_width, new_height] = [0, 1].map(|axis| {
            let ends = corners.map(|corner| corner[axis]);
            let least = ends.into_iter().fold(f64::INFINITY, f64::min);
            ends.into_iter().fold(f64::NEG_INFINITY, f64::max).ceil() - least.floor()
        });
        let start = at(matrix, -(new_width - width) / 2.0, -(new_height - height) / 2.0);
        matrix = turned(start);
        (height, width) = (new_height, new_width);
    }
    warp("rotate", x, [height as usize, width as usize], matrix, interpolation, &fill.into())
}

/// The `[height, width]` that a turned image of floats needs, as torchvision computes them.
fn whole(matrix: Matrix, size: [usize; 2]) -> [usize; 2] {
    let [a, b, c, d, e, f] = matrix.map(|x| x as f32);
    let [h, w] = size.map(|size| size as f32 * 0.5);
    let corners = [[-w, -h], [-w, h], [w, h], [w, -h]];
    let needed = |[a, b, c]: [f32; 3], half: f32| {
        let ends = corners.map(|[x, y]| a * x + b * y + c + half);
        // What is less than a ten thousandth beyond a pixel does not count.
        let cut = |x: f32| (x / 1e-4).trunc() * 1e-4;
        let least = ends.into_iter().fold(f32::INFINITY, f32::min);
        let most = ends.into_iter().fold(f32::NEG_INFINITY, f32::max);
        (cut(most).ceil() - cut(least).floor()) as usize
    };
    [needed([d, e, f], h), needed([a, b, c], w)]
}

/// Python's `round(x, 15)`.
fn to_15_digits(x: f64) -> f64 {
    format!("{x:.15}").parse().expect("digits")
}
