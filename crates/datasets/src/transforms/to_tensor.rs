use super::Transform;
use tensor::{DType, Tensor};

/// An image as `F32` with the channels first, bytes scaled to [0, 1]: as `torchvision.transforms.ToTensor`.
///
/// # Shapes
/// - `x`: `[height, width]` or `[height, width, channels]`
/// - output: `[1, height, width]` or `[channels, height, width]`
///
/// Bytes become `x / 255`; another dtype stays what it is, as there.
///
/// # Panics
/// If the image has fewer than two axes or more than three.
#[derive(Clone, Copy, Debug)]
pub struct ToTensor;

impl Transform for ToTensor {
    #[track_caller]
    fn apply(&self, x: Tensor) -> Tensor {
        let channels = match *x.shape() {
            [_, _] => 1,
            [_, _, channels] => channels,
            ref shape => panic!("ToTensor: pic should be 2/3 dimensional, got {shape:?}"),
        };
        if x.dtype() != DType::U8 {
            return if x.ndim() == 2 { x.unsqueeze(0) } else { x.permute([2, 0, 1]) };
        }
        let (height, width, x) = (x.shape()[0], x.shape()[1], x.contiguous());
        Tensor::from_fill([channels, height, width], |y: &mut [f32]| {
            for (channel, y) in y.chunks_exact_mut((height * width).max(1)).enumerate() {
                let x = x.as_slice::<u8>()[channel..].iter().step_by(channels);
                y.iter_mut().zip(x).for_each(|(y, &x)| *y = f32::from(x) / 255.0);
            }
        })
    }

    fn is_elementwise(&self) -> bool {
        true
    }
}
