use tensor::{DType, Tensor};

use super::planes::Planes;

/// The image as a mirror shows it, left for right, as `torchvision.transforms.functional.hflip`.
///
/// ```
/// use datasets::transforms::functional::hflip;
/// use tensor::Tensor;
///
/// let rgb = Tensor::from([[[1u8, 2, 3], [4, 5, 6]]]); // one row of two pixels
/// assert_eq!(hflip(&rgb).to_vec::<u8>(), [4, 5, 6, 1, 2, 3]);
/// ```
///
/// # Panics
/// If `x` is not [an image](mod@crate::transforms#images).
#[track_caller]
pub fn hflip(x: &Tensor) -> Tensor {
    let image = Planes::of("hflip", x);
    if x.dtype() != DType::U8 || image.pixel != 3 {
        return x.flip([image.axes()[1]]);
    }
    // Pixels of three bytes, which the general function copies by a call each.
    let x = x.contiguous();
    Tensor::from_fill(x.shape(), |y: &mut [u8]| {
        let (x, row) = (x.as_slice::<u8>(), (3 * image.width).max(1));
        for (y, x) in y.chunks_exact_mut(row).zip(x.chunks_exact(row)) {
            y.as_chunks_mut::<3>()
                .0
                .iter_mut()
                .zip(x.as_chunks::<3>().0.iter().rev())
                .for_each(|(y, x)| *y = *x);
        }
    })
}

/// The image upside down, as `torchvision.transforms.functional.vflip`.
///
/// # Panics
/// If `x` is not [an image](mod@crate::transforms#images).
#[track_caller]
pub fn vflip(x: &Tensor) -> Tensor {
    x.flip([Planes::of("vflip", x).axes()[0]])
}
