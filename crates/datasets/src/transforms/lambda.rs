use super::Transform;
use tensor::Tensor;

/// A function of the sample, as `torchvision.transforms.Lambda`. A closure alone will do; this
/// spares it the type of its argument.
#[derive(Clone, Copy, Debug)]
pub struct Lambda<F: Fn(Tensor) -> Tensor + Send + Sync>(pub F);

impl<F: Fn(Tensor) -> Tensor + Send + Sync> Transform for Lambda<F> {
    fn apply(&self, x: Tensor) -> Tensor {
        (self.0)(x)
    }
}
