use tensor::{DType, Tensor};

use super::planes::Planes;

/// The image with a rectangle of it replaced by `value`, as `torchvision.transforms.functional.erase`: in
/// place if no other tensor shares its memory.
///
/// # Shapes
/// - `x`: `[…, channels, height, width]`, as `ToTensor` makes it
/// - `value`: what can be expanded to `[channels, height, width]` of the rectangle
///
/// # Panics
/// If `x` is an image of bytes or the rectangle reaches beyond it.
#[track_caller]
pub fn erase(mut x: Tensor, [top, left]: [usize; 2], [height, width]: [usize; 2], value: &Tensor) -> Tensor {
    let image = tensor_image("erase", &x);
    assert!(
        top + height <= image.height && left + width <= image.width,
        "erase: a rectangle of {height} x {width} at ({top}, {left}) is not inside {:?}",
        x.shape()
    );
    let value = value.to_dtype(x.dtype()).expand(image.resized(&x, height, width)).contiguous();
    let element = x.dtype().size_in_bytes();
    let (row, len) = (image.width * element, width * element);
    if value.numel() > 0 {
        let planes = x.bytes_mut().chunks_exact_mut(image.height * row);
        let rows = planes.flat_map(|plane| plane.chunks_exact_mut(row).skip(top).take(height));
        for (y, value) in rows.zip(value.bytes().chunks_exact(len)) {
            y[left * element..][..len].copy_from_slice(value);
        }
    }
    x
}

/// The axes of an image that is a tensor for torchvision.
#[track_caller]
pub(in crate::transforms) fn tensor_image(op: &str, x: &Tensor) -> Planes {
    assert!(
        x.dtype() != DType::U8 && x.ndim() >= 3,
        "{op}: img should be Tensor Image, [..., channels, height, width] as ToTensor makes it; got {:?} of {}",
        x.shape(),
        x.dtype()
    );
    Planes::of(op, x)
}
