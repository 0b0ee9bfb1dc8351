use tensor::Tensor;

use super::InterpolationMode;
use super::planes::Planes;
use super::sampled::{from_middle, is_sampled, sampled};
use super::warp::{Matrix, bytes_image, warp};
use crate::transforms::Channels;

/// The image turned, moved, scaled and sheared around its middle, as
/// `torchvision.transforms.functional.affine`: by `angle` degrees with the clock, by `translate` pixels,
/// `[right, down]`, by the factor `scale`, and by `shear` degrees along both axes. `center` is another
/// middle, `[x, y]` from the upper left. What lies beyond the image is `fill`.
///
/// With [`InterpolationMode::Nearest`] or [`Bilinear`](InterpolationMode::Bilinear) it computes as Pillow
/// does of an image of bytes, to the byte, and as torchvision of a tensor where `x` has floats.
///
/// ```
/// use datasets::transforms::InterpolationMode::Nearest;
/// use datasets::transforms::functional::affine;
/// use tensor::Tensor;
///
/// let grey = Tensor::from([[1u8, 2], [3, 4]]);
/// let moved = affine(&grey, 0.0, [1.0, 0.0], 1.0, [0.0, 0.0], Nearest, 9.0, None);
/// assert_eq!(moved.to_vec::<u8>(), [9, 1, 9, 3]);
/// ```
///
/// # Panics
/// If `x` is neither of `F32` or `F64` nor an image of bytes with 1 or 3 channels, `scale` is not positive,
/// `fill` has another number of channels, or the interpolation is another.
#[allow(clippy::too_many_arguments)] // they are torchvision's
#[track_caller]
pub fn affine(
    x: &Tensor,
    angle: f64,
    translate: [f64; 2],
    scale: f64,
    shear: [f64; 2],
    interpolation: InterpolationMode,
    fill: impl Into<Channels>,
    center: Option<[f64; 2]>,
) -> Tensor {
    assert!(scale > 0.0, "affine: Argument scale should be positive, got {scale}");
    if is_sampled(x) {
        let image = Planes::of("affine", x);
        let matrix = backwards(from_middle("affine", x, center), angle, translate, scale, shear);
        return sampled("affine", x, [image.height, image.width], matrix, interpolation, &fill.into());
    }
    let image = bytes_image("affine", x);
    let size = [image.height, image.width];
    let center = center.unwrap_or([image.width as f64 * 0.5, image.height as f64 * 0.5]);
    let matrix = backwards(center, angle, translate, scale, shear);
    warp("affine", x, size, matrix, interpolation, &fill.into())
}

/// From a place of the output to that of the input. Forwards it is a shear, a scaling and a turn around the
/// center, then a move; the turn with the shear has the determinant 1, so its inverse needs no division.
pub(super) fn backwards(
    [x0, y0]: [f64; 2],
    angle: f64,
    [right, down]: [f64; 2],
    scale: f64,
    shear: [f64; 2],
) -> Matrix {
    let (turn, [sx, sy]) = (angle.to_radians(), shear.map(f64::to_radians));
    let a = (turn - sy).cos() / sy.cos();
    let b = -(turn - sy).cos() * sx.tan() / sy.cos() - turn.sin();
    let c = (turn - sy).sin() / sy.cos();
    let d = -(turn - sy).sin() * sx.tan() / sy.cos() + turn.cos();
    let [d, b, c, a] = [d, -b, -c, a].map(|x| x / scale);
    let x = d * (-x0 - right) + b * (-y0 - down);
    let y = c * (-x0 - right) + a * (-y0 - down);
    [d, b, x + x0, c, a, y + y0]
}
