use crate::dispatch::by_float;
use crate::error::dtype_mismatch;
use crate::ops::zip::broadcast_shape;
use crate::{DType, Num, Tensor};

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
    /// If the dtypes differ, the shapes do not broadcast, or a tolerance is negative.
    #[track_caller]
    pub fn allclose(&self, other: &Tensor, rtol: f64, atol: f64) -> bool {
        close("allclose", self, other, rtol, atol).all().item() != 0.0
    }

    /// Where two elements agree: `|x − y| ≤ atol + rtol·|y|`, as `torch.isclose`, whose defaults are
    /// `rtol = 1e-5`, `atol = 1e-8` and `equal_nan = false`. Infinities agree with themselves, NaN with
    /// nothing, or with `equal_nan` with NaN.
    ///
    /// ```
    /// let x = tensor::Tensor::from([1.0f32, f32::NAN]);
    /// assert_eq!(x.isclose(&x, 1e-5, 1e-8, false).to_vec::<bool>(), [true, false]);
    /// ```
    ///
    /// # Panics
    /// If the dtypes differ, the shapes do not broadcast, or a tolerance is negative.
    #[track_caller]
    pub fn isclose(&self, other: &Tensor, rtol: f64, atol: f64, equal_nan: bool) -> Tensor {
        let close = close("isclose", self, other, rtol, atol);
        if equal_nan { close.logical_or(&self.isnan().logical_and(&other.isnan())) } else { close }
    }
}

#[track_caller]
fn close(op: &str, x: &Tensor, y: &Tensor, rtol: f64, atol: f64) -> Tensor {
    if x.dtype() != y.dtype() {
        dtype_mismatch(op, x, y);
    }
    for (name, tolerance) in [("rtol", rtol), ("atol", atol)] {
        assert!(tolerance >= 0.0, "{op}: {name} must be greater than or equal to zero, but got {tolerance}");
    }
    let shape = broadcast_shape(op, x, y);
    if !x.dtype().is_float() {
        // Not by way of F64, in which neighbours beyond 2⁵³ are one.
        let (x, y) = (x.to_dtype(DType::I64), y.to_dtype(DType::I64));
        return x.zip_with::<i64, u8>(&y, &shape, DType::Bool, |x, y| {
            u8::from(x == y || x.abs_diff(y) as f64 <= atol + rtol * y.unsigned_abs() as f64)
        });
    }
    by_float!(op, x, T => x.zip_with::<T, u8>(y, &shape, DType::Bool, |x, y| {
        let allowed = T::from_f64(atol) + (T::from_f64(rtol) * y).abs();
        let apart = (x - y).abs();
        u8::from(x == y || (apart.is_finite() && apart <= allowed))
    }))
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
