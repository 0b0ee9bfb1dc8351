use super::pairs::Operand;
use crate::dispatch::by_float;
use crate::error::{dtype_mismatch, not_computable};
use crate::kernels::map::Map;
use crate::ops::zip::zip_three;
use crate::{Float, Tensor};

impl Tensor {
    /// `x + weight·(end − x)`, as `torch.lerp`, from the end that is nearer; the weight is a number or a
    /// tensor, and all are broadcast.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let (x, end) = (Tensor::from([1.0f32, 2.0]), Tensor::from([3.0f32, 10.0]));
    /// assert_eq!(x.lerp(&end, 0.25).to_vec::<f32>(), [1.5, 4.0]);
    /// assert_eq!(x.lerp(&end, &Tensor::from([0.5f32, 1.0])).to_vec::<f32>(), [2.0, 10.0]);
    /// ```
    ///
    /// # Panics
    /// If the tensors are not of one float dtype, or their shapes do not broadcast.
    #[track_caller]
    pub fn lerp<'a>(&self, end: &Tensor, weight: impl Into<Operand<'a, Tensor>>) -> Tensor {
        if self.dtype != end.dtype {
            dtype_mismatch("lerp", self, end);
        }
        match weight.into() {
            Operand::Number(weight) => {
                if !self.dtype.has_functions() {
                    not_computable("lerp", self);
                }
                self.zip_map(end, Weighted { weight: weight.to_f64() })
            }
            Operand::Array(weight) => {
                // A number that lies in a tensor may be of another dtype.
                let weight = if weight.ndim() == 0 { weight.to_dtype(self.dtype) } else { weight.clone() };
                if self.dtype != weight.dtype {
                    dtype_mismatch("lerp", self, &weight);
                }
                by_float!("lerp", self, T => zip_three("lerp", self, end, &weight, |(x, y, w): (T, T, T)| lerp(x, y, w)))
            }
        }
    }
}

#[inline(always)]
fn lerp<T: Float>(x: T, end: T, weight: T) -> T {
    let near = weight.abs() < T::from_f64(0.5);
    let (weight, base) = if near { (weight, x) } else { (weight - T::ONE, end) };
    weight.mul_add(end - x, base)
}

#[derive(Clone, Copy)]
struct Weighted {
    weight: f64,
}

impl<T: Float> Map<(T, T), T> for Weighted {
    #[inline(always)]
    fn f(&self, (x, end): (T, T)) -> T {
        lerp(x, end, T::from_f64(self.weight))
    }
}
