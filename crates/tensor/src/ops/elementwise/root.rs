use crate::kernels::rounding::root::roots;
use crate::{DType, Float, Map, Tensor};

/// `√x` of a tensor of floats, in single precision by the roots that torch takes.
#[track_caller]
pub(super) fn root(x: &Tensor) -> Tensor {
    if x.dtype != DType::F32 {
        return x.map_as("sqrt", Nearest);
    }
    let x = x.contiguous();
    Tensor::build(x.shape(), DType::F32, |y: &mut [f32]| roots(x.as_slice(), y))
}

#[derive(Clone, Copy)]
struct Nearest;

impl<T: Float> Map<T> for Nearest {
    #[inline(always)]
    fn f(&self, x: T) -> T {
        x.sqrt()
    }
}
