use tensor::Tensor;

use super::places::{Places, gather};
use super::planes::Planes;
use crate::transforms::Channels;

/// What stands beyond the borders of a padded image, with torchvision's names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PaddingMode {
    /// One colour.
    #[default]
    Constant,
    /// The last row or column.
    Edge,
    /// The image mirrored at its last row or column, which stands there once.
    Reflect,
    /// The image mirrored behind its last row or column, which stands there twice.
    Symmetric,
}

/// How many pixels stand on each side: one number for all, `[left and right, top and bottom]`, or
/// `[left, top, right, bottom]`. Negative ones cut off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Borders {
    pub(in crate::transforms) left: isize,
    pub(in crate::transforms) top: isize,
    pub(in crate::transforms) right: isize,
    pub(in crate::transforms) bottom: isize,
}

impl From<isize> for Borders {
    fn from(all: isize) -> Self {
        [all; 4].into()
    }
}

impl From<[isize; 2]> for Borders {
    fn from([x, y]: [isize; 2]) -> Self {
        [x, y, x, y].into()
    }
}

impl From<[isize; 4]> for Borders {
    fn from([left, top, right, bottom]: [isize; 4]) -> Self {
        Self { left, top, right, bottom }
    }
}

impl Borders {
    /// The places of rows and columns with these borders around them.
    #[track_caller]
    pub(in crate::transforms) fn around(
        self,
        [rows, columns]: [Places; 2],
        mode: PaddingMode,
    ) -> [Places; 2] {
        [rows.pad(self.top, self.bottom, mode), columns.pad(self.left, self.right, mode)]
    }
}

/// The image with borders around it, as `torchvision.transforms.functional.pad`.
///
/// `fill` is the colour of [`PaddingMode::Constant`], one number or, for bytes, one for each channel.
///
/// ```
/// use datasets::transforms::PaddingMode;
/// use datasets::transforms::functional::pad;
/// use tensor::Tensor;
///
/// let grey = Tensor::from([[1u8, 2, 3]]);
/// assert_eq!(pad(&grey, [2, 0], 9.0, PaddingMode::Constant).to_vec::<u8>(), [9, 9, 1, 2, 3, 9, 9]);
/// assert_eq!(pad(&grey, [2, 0], 0.0, PaddingMode::Reflect).to_vec::<u8>(), [3, 2, 1, 2, 3, 2, 1]);
/// assert_eq!(pad(&grey, [2, 0], 0.0, PaddingMode::Symmetric).to_vec::<u8>(), [2, 1, 1, 2, 3, 3, 2]);
/// ```
///
/// # Panics
/// If `x` is not [an image](mod@crate::transforms#images), or `fill` has another number of channels.
#[track_caller]
pub fn pad(x: &Tensor, padding: impl Into<Borders>, fill: impl Into<Channels>, mode: PaddingMode) -> Tensor {
    let image = Planes::of("pad", x);
    let [rows, columns] = padding.into().around([image.height, image.width].map(Places::all), mode);
    gather("pad", x, image, &rows, &columns, &fill.into())
}
