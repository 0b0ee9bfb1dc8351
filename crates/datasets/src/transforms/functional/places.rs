use tensor::kernels::padding::{PadAxis, Run, copy};
use tensor::{DType, Tensor, full_dtype};

use super::planes::Planes;
use super::{Channels, PaddingMode};

/// Where each place along an axis of the output comes from: a place of the input, or none for the fill.
#[derive(Clone, Debug)]
pub(in crate::transforms) struct Places(Vec<Option<usize>>);

impl Places {
    /// `n` places, each from itself.
    pub(in crate::transforms) fn all(n: usize) -> Self {
        Places((0..n).map(Some).collect())
    }

    /// One for each number of this list.
    pub(super) fn of(places: impl IntoIterator<Item = usize>) -> Self {
        Places(places.into_iter().map(Some).collect())
    }

    pub(in crate::transforms) fn len(&self) -> usize {
        self.0.len()
    }

    /// The `len` places from `start` on; those beyond the ends come from the fill.
    pub(in crate::transforms) fn crop(&self, start: isize, len: usize) -> Self {
        let place = |i: isize| usize::try_from(i).ok().and_then(|i| self.0.get(i).copied().flatten());
        Places((start..start + len as isize).map(place).collect())
    }

    /// With more places before and behind; negative numbers cut off.
    #[track_caller]
    pub(in crate::transforms) fn pad(&self, before: isize, after: isize, mode: PaddingMode) -> Self {
        let (cut, end) = ((-before).max(0), self.len() as isize + after.min(0));
        let kept = self.crop(cut, (end - cut).max(0) as usize);
        let (before, n, after) = (before.max(0), kept.len() as isize, after.max(0));
        if mode == PaddingMode::Constant {
            return kept.crop(-before, (before + n + after) as usize);
        }
        assert!(
            n > 0 || before + after == 0,
            "pad: there is nothing to repeat on an empty side of the image"
        );
        let place = |i: isize| match mode {
            PaddingMode::Constant | PaddingMode::Edge => i.clamp(0, n - 1),
            PaddingMode::Reflect if n == 1 => 0,
            PaddingMode::Reflect => (n - 1) - (i.rem_euclid(2 * (n - 1)) - (n - 1)).abs(),
            PaddingMode::Symmetric => {
                let i = i.rem_euclid(2 * n);
                i.min(2 * n - 1 - i)
            }
        };
        Places((-before..n + after).map(|i| kept.0[place(i) as usize]).collect())
    }

    /// As the kernel that copies takes them: neighbours that stay neighbours are one run. The axis has `size`
    /// places of `width` bytes.
    fn axis(&self, size: usize, width: usize) -> PadAxis {
        let mut runs: Vec<Run> = Vec::new();
        for (output, input) in self.0.iter().enumerate().filter_map(|(y, x)| Some((y, (*x)?))) {
            let (output, input) = (output * width, input * width);
            match runs.last_mut() {
                Some(run) if (run.output + run.len, run.input + run.len) == (output, input) => {
                    run.len += width;
                }
                _ => runs.push(Run { output, input, len: width }),
            }
        }
        PadAxis { input: size * width, output: self.len() * width, runs }
    }
}

/// The image whose rows and columns are these of `x`, and `fill` elsewhere.
#[track_caller]
pub(in crate::transforms) fn gather(
    op: &str,
    x: &Tensor,
    image: Planes,
    rows: &Places,
    columns: &Places,
    fill: &Channels,
) -> Tensor {
    if x.dtype() == DType::Bool {
        // Its bytes may not be written to, being 0 or 1 and nothing else.
        return gather(op, &x.to_dtype(DType::U8), image, rows, columns, fill).to_dtype(DType::Bool);
    }
    let mut y = filled(op, image.resized(x, rows.len(), columns.len()), x.dtype(), fill);
    let pixel = image.pixel * x.dtype().size_in_bytes();
    let axes = [
        Places::all(image.planes).axis(image.planes, 1),
        rows.axis(image.height, 1),
        columns.axis(image.width, pixel),
    ];
    copy(&x.bytes(), &axes, y.bytes_mut());
    y
}

/// An image of one colour. Bytes take a number for each channel, cut to what a byte holds; other tensors take
/// one number.
#[track_caller]
pub(super) fn filled(op: &str, shape: Vec<usize>, dtype: DType, fill: &Channels) -> Tensor {
    match *fill.0.as_slice() {
        [value] if dtype == DType::U8 => full_dtype(shape, value as u8, dtype),
        [value] => full_dtype(shape, value, dtype),
        ref values => {
            let channels = if dtype == DType::U8 { shape.get(2).copied().unwrap_or(1) } else { 1 };
            assert!(
                values.len() == channels,
                "{op}: The number of elements in 'fill' does not match the number of channels of the image \
                 ({} != {channels})",
                values.len()
            );
            let pixel: Vec<u8> = values.iter().map(|&x| x as u8).collect();
            Tensor::from_fill(shape, |y: &mut [u8]| {
                y.chunks_exact_mut(channels).for_each(|y| y.copy_from_slice(&pixel));
            })
        }
    }
}
