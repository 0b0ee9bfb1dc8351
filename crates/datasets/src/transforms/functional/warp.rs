use tensor::{DType, Tensor};

use super::InterpolationMode;
use super::places::filled;
use super::planes::Planes;
use crate::transforms::Channels;

/// From the places of the output to those of the input: `x' = a·x + b·y + c`, `y' = d·x + e·y + f`.
pub(super) type Matrix = [f64; 6];

/// An image of bytes of the size `[height, width]`, whose places come from those of `x` by `matrix`, and from
/// `fill` beyond its borders: Pillow's `Image.transform`.
#[track_caller]
pub(super) fn warp(
    op: &str,
    x: &Tensor,
    [height, width]: [usize; 2],
    matrix: Matrix,
    interpolation: InterpolationMode,
    fill: &Channels,
) -> Tensor {
    let image = bytes_image(op, x);
    let x = x.contiguous();
    let source = Source { image, x: x.as_slice::<u8>() };
    let mut y = filled(op, image.resized(&x, height, width), DType::U8, fill);
    let row = (width * image.pixel).max(1);
    let rows = y.make_mut::<u8>().chunks_exact_mut(row).map(|row| row.chunks_exact_mut(image.pixel));
    match interpolation {
        InterpolationMode::Nearest | InterpolationMode::NearestExact => {
            let places = nearest(matrix, height, width);
            rows.zip(places).for_each(|(row, places)| {
                for (y, place) in row.zip(places) {
                    if let Some(x) = source.pixel(place) {
                        y.copy_from_slice(x);
                    }
                }
            });
        }
        InterpolationMode::Bilinear => {
            let [a, b, c, d, e, f] = matrix;
            for (row, i) in rows.zip(0u32..) {
                for (y, j) in row.zip(0u32..) {
                    let (v, u) = (f64::from(i) + 0.5, f64::from(j) + 0.5);
                    source.bilinear(a * u + b * v + c, d * u + e * v + f, y);
                }
            }
        }
        other => panic!("{op}: Interpolation mode {other:?} is unsupported, use Nearest or Bilinear"),
    }
    y
}

/// An image of bytes, the only one whose places are mixed as torchvision mixes them.
#[track_caller]
pub(super) fn bytes_image(op: &str, x: &Tensor) -> Planes {
    assert!(x.dtype() == DType::U8, "{op}: expected an image of bytes, F32 or F64, got {}", x.dtype());
    Planes::grey_or_rgb(op, x)
}

/// The places `[x, y]` of the input that are nearest to those of the output, row by row; beyond the borders
/// they may be anything that is.
///
/// Pillow counts in steps, which it adds up: in sixteen binary digits where the image is not only scaled.
fn nearest([a, b, c, d, e, f]: Matrix, height: usize, width: usize) -> impl Iterator<Item = Vec<[i64; 2]>> {
    let scaled = b == 0.0 && d == 0.0;
    let (h, w) = (height as f64, width as f64);
    let far = |x: f64, y: f64| (a * x + b * y + c).abs().max((d * x + e * y + f).abs()) >= 32768.0;
    let fixed = !(scaled || far(0.0, 0.0) || far(w, h) || far(0.0, h) || far(w, 0.0));
    let unit = if fixed { 65536.0 } else { 1.0 };
    let step = move |x: f64| if fixed { (x * unit + 0.5).floor() } else { x };
    let place = move |x: f64| if x < 0.0 { -1 } else { (x / unit) as i64 };
    let [dx, dy] = [[a, d], [b, e]].map(|step_of| step_of.map(step));
    let mut start = match scaled {
        true => [c + a * 0.5, f + e * 0.5],
        false if fixed => [c + a * 0.5 + b * 0.5, f + d * 0.5 + e * 0.5],
        false => [c + b * 0.5 + a * 0.5, f + e * 0.5 + d * 0.5],
    }
    .map(step);
    (0..height).map(move |_| {
        let mut at = start;
        start = [start[0] + dy[0], start[1] + dy[1]];
        (0..width)
            .map(|_| {
                let here = at.map(place);
                at = [at[0] + dx[0], at[1] + dx[1]];
                here
            })
            .collect()
    })
}

struct Source<'a> {
    image: Planes,
    x: &'a [u8],
}

impl Source<'_> {
    /// The pixel at `[x, y]`, if that is inside.
    fn pixel(&self, [x, y]: [i64; 2]) -> Option<&[u8]> {
        let Planes { height, width, pixel, .. } = self.image;
        let inside = (0..width as i64).contains(&x) && (0..height as i64).contains(&y);
        inside.then(|| &self.x[(y as usize * width + x as usize) * pixel..][..pixel])
    }

    /// The mean of the four pixels around a place, weighted by nearness and cut down to bytes; nothing is
    /// written if the place is outside. At the borders the last pixel stands for those beyond.
    fn bilinear(&self, x: f64, y: f64, out: &mut [u8]) {
        let Planes { height, width, .. } = self.image;
        if !(0.0 <= x && x < width as f64 && 0.0 <= y && y < height as f64) {
            return;
        }
        let (x, y) = (x - 0.5, y - 0.5);
        let (left, top) = (x.floor(), y.floor());
        let (dx, dy) = (x - left, y - top);
        let columns = [left as i64, left as i64 + 1].map(|x| x.clamp(0, width as i64 - 1));
        let row = |y: i64| columns.map(|x| self.pixel([x, y]).expect("both are inside"));
        let first = row((top as i64).clamp(0, height as i64 - 1));
        let second = if top as i64 + 1 < height as i64 { row(top as i64 + 1) } else { first };
        let mix = |a: f64, b: f64, share: f64| a + (b - a) * share;
        for (channel, out) in out.iter_mut().enumerate() {
            let along = |[left, right]: [&[u8]; 2]| {
                let (left, right) = (i32::from(left[channel]), i32::from(right[channel]));
                mix(f64::from(left), f64::from(right), dx)
            };
            *out = mix(along(first), along(second), dy) as u8;
        }
    }
}
