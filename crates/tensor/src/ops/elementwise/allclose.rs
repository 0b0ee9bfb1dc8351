use crate::error::dtype_mismatch;
use crate::ops::zip::broadcast_shape;
use crate::{DType, Tensor};

impl Tensor {
    /// Whether all elements agree: `|x − y| ≤ atol + rtol·|y|`, as `torch.allclose`, whose defaults are
    /// `rtol = 1e-5` and `atol = 1e-8`. Infinities agree with themselves, NaN with nothing.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let (x, y) = (Tensor::from([1.0f32, 2.0]), Tensor::from([1.0f32, 2.00001]));
    /// assert!(x.allclose(&y, 1e-5, 1e-8));
    /// assert!(!x.allclose(&y, 1e-6, 1e-8));
    /// ```
    ///
    /// # Panics
    /// If the dtypes differ or the shapes do not broadcast.
    #[track_caller]
    pub fn allclose(&self, other: &Tensor, rtol: f64, atol: f64) -> bool {
        if self.dtype() != other.dtype() {
            dtype_mismatch("allclose", self, other);
        }
        let shape = broadcast_shape("allclose", self, other);
        if !self.dtype().is_float() {
            // Not by way of F64, in which neighbours beyond 2⁵³ are one.
            let (x, y) = (self.to_dtype(DType::I64), other.to_dtype(DType::I64));
            let close = x.zip_with::<i64, u64>(&y, &shape, DType::U64, |x, y| {
                u64::from(x == y || x.abs_diff(y) as f64 <= atol + rtol * y.unsigned_abs() as f64)
            });
            return close.dense::<u64>().iter().all(|&close| close != 0);
        }
        let (x, y) = (self.to_dtype(DType::F64), other.to_dtype(DType::F64));
        let close = x.zip_with::<f64, u64>(&y, &shape, DType::U64, |x, y| {
            u64::from(x == y || (x.is_finite() && (x - y).abs() <= atol + rtol * y.abs() && y.is_finite()))
        });
        close.dense::<u64>().iter().all(|&close| close != 0)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, zeros};

    #[test]
    fn infinity_agrees_with_itself_and_nan_with_nothing() {
        let (inf, nan) = (Tensor::from([f32::INFINITY]), Tensor::from([f32::NAN]));
        assert!(inf.allclose(&inf, 0.0, 0.0));
        assert!(!inf.allclose(&zeros([1]), 1.0, 1e9) && !zeros([1]).allclose(&inf, 1.0, 1e9));
        assert!(!nan.allclose(&nan, 1.0, 1.0));
        assert!(zeros([0]).allclose(&zeros([0]), 0.0, 0.0));
        assert!(zeros([2, 3]).allclose(&zeros([3]), 0.0, 0.0));
    }

    #[test]
    fn integers_differ_exactly() {
        let (x, y) = (Tensor::from([(1i64 << 53) + 1]), Tensor::from([1i64 << 53]));
        assert!(!x.allclose(&y, 0.0, 0.0) && x.allclose(&y, 0.0, 1.0));
        assert!(!Tensor::from([i64::MIN]).allclose(&Tensor::from([i64::MAX]), 1e-5, 1e-8));
        let (x, y) = (Tensor::from([100u8]), Tensor::from([101u8]));
        assert!(x.allclose(&y, 0.0, 1.0) && y.allclose(&x, 0.0, 1.0));
        assert!(!Tensor::from([true]).allclose(&Tensor::from([false]), 1e-5, 1e-8));
    }
}
