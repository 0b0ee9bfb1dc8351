use tensor::{DType, GridSampleMode, GridSampleOptions, Tensor, cat, full_dtype, linspace, stack};

use super::InterpolationMode;
use super::planes::Planes;
use super::warp::Matrix;
use crate::transforms::Channels;

/// Whether torchvision's way to tensors is taken: by all floats that are computed with.
pub(super) fn is_sampled(x: &Tensor) -> bool {
    matches!(x.dtype(), DType::F32 | DType::F64)
}

/// The place `[x, y]` from the upper left as one from the middle, which is where a place is not given.
pub(super) fn from_middle(op: &str, x: &Tensor, place: Option<[f64; 2]>) -> [f64; 2] {
    let image = Planes::of(op, x);
    place.map_or([0.0; 2], |[x, y]| [x - image.width as f64 * 0.5, y - image.height as f64 * 0.5])
}

/// An image of floats of the size `[height, width]`, whose places come from those of `x` by `matrix`, each
/// counted from the middle of its image, and from `fill` beyond its borders: torchvision reads tensors at
/// grids.
#[track_caller]
pub(super) fn sampled(
    op: &str,
    x: &Tensor,
    [height, width]: [usize; 2],
    matrix: Matrix,
    interpolation: InterpolationMode,
    fill: &Channels,
) -> Tensor {
    let (image, dtype) = (Planes::of(op, x), x.dtype());
    let mode = match interpolation {
        InterpolationMode::Nearest => GridSampleMode::Nearest,
        InterpolationMode::Bilinear => GridSampleMode::Bilinear,
        other => panic!("{op}: Interpolation mode {other:?} is unsupported, use Nearest or Bilinear"),
    };
    let places = |n: usize| linspace(0.5 - n as f64 * 0.5, n as f64 * 0.5 - 0.5, n).to_dtype(dtype);
    let (columns, rows) = (places(width), places(height).unsqueeze(1));
    let coordinate = |row: &[f64], size: usize| {
        let row = Tensor::from_vec(row.to_vec(), [3]).to_dtype(dtype);
        let row = row / &full_dtype([3], size as f64 * 0.5, dtype);
        let [a, b, c] = [0, 1, 2].map(|i| row.select(0, i));
        &columns * &a + &rows * &b + &c
    };
    let grid = [coordinate(&matrix[..3], image.width), coordinate(&matrix[3..], image.height)];
    // One more plane shows what is inside.
    let inside = full_dtype([1, 1, image.height, image.width], 1.0, dtype);
    let planes = x.reshape([1, image.planes, image.height, image.width]);
    let options = GridSampleOptions { mode, ..Default::default() };
    let y = cat(&[planes, inside], 1).grid_sample(&stack(&grid, -1).unsqueeze(0), options);
    let inside = y.narrow(1, image.planes as isize, 1).reshape([height, width]);
    let y = y.narrow(1, 0, image.planes).reshape(image.resized(x, height, width));
    let fill = colour(op, image, dtype, fill);
    match mode {
        GridSampleMode::Nearest => inside.lt(0.5).where_(&fill, &y),
        _ => y * &inside + (inside.ones_like() - &inside) * &fill,
    }
}

/// A number, or one for each channel, which goes with an image.
#[track_caller]
fn colour(op: &str, image: Planes, dtype: DType, fill: &Channels) -> Tensor {
    let values = fill.0.as_slice();
    assert!(
        values.len() == 1 || values.len() == image.channels,
        "{op}: The number of elements in 'fill' cannot broadcast to match the number of channels of the image \
         ({} != {})",
        values.len(),
        image.channels
    );
    Tensor::from_vec(values.to_vec(), [values.len(), 1, 1]).to_dtype(dtype)
}
