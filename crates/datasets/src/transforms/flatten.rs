use super::Transform;
use tensor::Tensor;

/// All elements along one axis, row by row: `x.reshape(-1)`.
#[derive(Clone, Copy, Debug)]
pub struct Flatten;

impl Transform for Flatten {
    fn apply(&self, x: Tensor) -> Tensor {
        x.reshape([-1])
    }

    fn is_elementwise(&self) -> bool {
        true
    }
}
