use tensor::{DType, Tensor};

use super::planes::Planes;

/// The image without its colours, as `torchvision.transforms.functional.rgb_to_grayscale`: with one channel,
/// or with three equal ones.
///
/// Bytes of one channel have no axis for it: `[height, width]`.
///
/// ```
/// use datasets::transforms::functional::rgb_to_grayscale;
/// use tensor::Tensor;
///
/// let rgb = Tensor::from([[[255u8, 0, 0], [0, 255, 0], [0, 0, 255]]]);
/// assert_eq!(rgb_to_grayscale(&rgb, 1).to_vec::<u8>(), [76, 150, 29]);
/// ```
///
/// # Panics
/// If `x` is not [an image](mod@crate::transforms#images) with 1 or 3 channels, `channels` is neither, or a
/// tensor that is not of bytes has no axis for channels.
#[track_caller]
pub fn rgb_to_grayscale(x: &Tensor, channels: usize) -> Tensor {
    let image = Planes::grey_or_rgb("rgb_to_grayscale", x);
    assert!(
        matches!(channels, 1 | 3),
        "rgb_to_grayscale: num_output_channels should be either 1 or 3, got {channels}"
    );
    if x.dtype() == DType::U8 {
        let (x, shape) = (x.contiguous(), [image.height, image.width, channels]);
        return Tensor::from_fill(&shape[..if channels == 1 { 2 } else { 3 }], |y: &mut [u8]| {
            let pixels = x.as_slice::<u8>().chunks_exact(image.channels);
            y.chunks_exact_mut(channels).zip(pixels).for_each(|(y, x)| y.fill(grey(x)));
        });
    }
    assert!(
        x.ndim() >= 3,
        "rgb_to_grayscale: Input image tensor should have at least 3 dimensions, but found {:?}",
        x.shape()
    );
    let grey = match image.channels {
        3 => {
            let [r, g, b] = [0, 1, 2].map(|channel| x.select(-3, channel));
            (r * 0.2989 + g * 0.587 + b * 0.114).to_dtype(x.dtype()).unsqueeze(-3)
        }
        _ => x.clone(),
    };
    if channels == 1 { grey } else { grey.expand_as(x) }
}

/// The brightness of a pixel, in the weights of ITU-R 601 as fixed point.
pub(super) fn grey(pixel: &[u8]) -> u8 {
    match *pixel {
        [r, g, b] => {
            ((u32::from(r) * 19595 + u32::from(g) * 38470 + u32::from(b) * 7471 + 0x8000) >> 16) as u8
        }
        _ => pixel[0],
    }
}
