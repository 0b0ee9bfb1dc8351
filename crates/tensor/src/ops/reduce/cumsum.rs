use super::cumulative::running;
use crate::error::not_computable;
use crate::{DType, Tensor};

impl Tensor {
    /// The running sum along `dim`. Integers and `Bool` sum to `I64`, `F32` is
    /// accumulated in `F64`, as in torch.
    ///
    /// ```
    /// assert_eq!(tensor::arange(1, 5, 1).cumsum(0).to_vec::<i64>(), [1, 3, 6, 10]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn cumsum(&self, dim: isize) -> Tensor {
        let axis = self.axis("cumsum", dim);
        let x = if self.dtype().is_float() { self.clone() } else { self.to_dtype(DType::I64) };
        match x.dtype() {
            DType::F32 => running(&x, axis, 0.0, |sum, x: f32, _| sum + f64::from(x), |sum| sum as f32),
            DType::F64 => running(&x, axis, 0.0, |sum, x: f64, _| sum + x, |sum| sum),
            DType::I64 => running(&x, axis, 0i64, |sum, x: i64, _| sum.wrapping_add(x), |sum| sum),
            _ => not_computable("cumsum", &x),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, arange, zeros};

    #[test]
    fn every_axis_and_a_transpose() {
        let x = arange(0, 6, 1).reshape([2, 3]);
        assert_eq!(x.cumsum(0).to_vec::<i64>(), [0, 1, 2, 3, 5, 7]);
        assert_eq!(x.t().cumsum(-1).to_vec::<i64>(), [0, 3, 1, 5, 2, 7]);
        assert_eq!(zeros([0, 2]).cumsum(0).shape(), [0, 2]);
        assert_eq!(zeros(()).cumsum(0).shape(), [0usize; 0]);
        assert_eq!(Tensor::from([true, true]).cumsum(0).to_vec::<i64>(), [1, 2]);
    }
}
