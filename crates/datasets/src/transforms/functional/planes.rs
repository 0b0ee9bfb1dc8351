use tensor::{DType, Tensor};

/// How the axes of an image lie: planes of rows of pixels.
///
/// An image of bytes is one plane, whose pixels have all channels; any other tensor has a plane for each
/// channel, whose pixels have one element.
#[derive(Clone, Copy, Debug)]
pub(in crate::transforms) struct Planes {
    /// All axes before the height, multiplied.
    pub(in crate::transforms) planes: usize,
    pub(in crate::transforms) height: usize,
    pub(in crate::transforms) width: usize,
    /// The number of elements of a pixel.
    pub(in crate::transforms) pixel: usize,
    /// torchvision's count: 1 for an image without an axis for channels.
    pub(in crate::transforms) channels: usize,
    /// The axis of the height; that of the width follows.
    axis: usize,
}

impl Planes {
    /// The axes of `x`, for the function `op`.
    #[track_caller]
    pub(in crate::transforms) fn of(op: &str, x: &Tensor) -> Planes {
        let (shape, ndim) = (x.shape(), x.ndim());
        if x.dtype() == DType::U8 {
            assert!(
                ndim == 2 || ndim == 3,
                "{op}: an image of bytes is [height, width] or [height, width, channels], got {shape:?}"
            );
            let channels = if ndim == 3 { shape[2] } else { 1 };
            return Planes {
                planes: 1,
                height: shape[0],
                width: shape[1],
                pixel: channels,
                channels,
                axis: 0,
            };
        }
        assert!(ndim >= 2, "{op}: Tensor is not a torch image: {shape:?}");
        let axis = ndim - 2;
        Planes {
            planes: shape[..axis].iter().product(),
            height: shape[axis],
            width: shape[axis + 1],
            pixel: 1,
            channels: if ndim == 2 { 1 } else { shape[axis - 1] },
            axis,
        }
    }

    /// As [`Planes::of`], for a function that computes with colours: grey or red, green and blue.
    #[track_caller]
    pub(in crate::transforms) fn grey_or_rgb(op: &str, x: &Tensor) -> Planes {
        let image = Planes::of(op, x);
        assert!(
            matches!(image.channels, 1 | 3),
            "{op}: Input image tensor permitted channel values are [1, 3], but found {} in {:?}",
            image.channels,
            x.shape()
        );
        image
    }

    /// The axes of height and width.
    pub(in crate::transforms) fn axes(self) -> [isize; 2] {
        [self.axis as isize, self.axis as isize + 1]
    }

    /// The shape of `x` with another height and width.
    pub(in crate::transforms) fn resized(self, x: &Tensor, height: usize, width: usize) -> Vec<usize> {
        let mut shape = x.shape().to_vec();
        shape[self.axis..][..2].copy_from_slice(&[height, width]);
        shape
    }
}
