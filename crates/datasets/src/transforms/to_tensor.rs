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
        let x = match x.ndim() {
            2 => x.unsqueeze(0),
            3 => x.permute(&[2, 0, 1]),
            _ => panic!("ToTensor: pic should be 2/3 dimensional, got {:?}", x.shape()),
        };
        if x.dtype() != DType::U8 {
            return x;
        }
        let mut x = x.to_dtype(DType::F32);
        x.make_mut::<f32>().iter_mut().for_each(|x| *x /= 255.0);
        x
    }

    fn is_elementwise(&self) -> bool {
        true
    }
}
