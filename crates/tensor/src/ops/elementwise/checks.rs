//! What kind of number each element is; the results are `Bool`. Integers are finite.

use crate::{DType, Tensor, zeros_dtype};

impl Tensor {
    /// Where `x` is NaN.
    #[track_caller]
    pub fn isnan(&self) -> Tensor {
        Tensor::ne(self, self)
    }

    /// Where `x` is neither infinite nor NaN.
    ///
    /// ```
    /// let x = tensor::Tensor::from([1.0f32, f32::NAN, f32::INFINITY]);
    /// assert_eq!(x.isfinite().to_vec::<bool>(), [true, false, false]);
    /// ```
    #[track_caller]
    pub fn isfinite(&self) -> Tensor {
        if self.dtype.is_float() { self.abs().lt(f64::INFINITY) } else { self.isinf().logical_not() }
    }

    /// Where `x` is ∞ or −∞.
    #[track_caller]
    pub fn isinf(&self) -> Tensor {
        if self.dtype.is_float() { self.abs().eq(f64::INFINITY) } else { self.nowhere() }
    }

    /// Where `x` is ∞.
    #[track_caller]
    pub fn isposinf(&self) -> Tensor {
        if self.dtype.is_float() { self.eq(f64::INFINITY) } else { self.nowhere() }
    }

    /// Where `x` is −∞.
    #[track_caller]
    pub fn isneginf(&self) -> Tensor {
        if self.dtype.is_float() { self.eq(f64::NEG_INFINITY) } else { self.nowhere() }
    }

    /// Where the sign of `x` is negative, that of −0 and of a negative NaN, too.
    ///
    /// ```
    /// assert_eq!(tensor::Tensor::from([-0.0f32, 0.0]).signbit().to_vec::<bool>(), [true, false]);
    /// ```
    #[track_caller]
    pub fn signbit(&self) -> Tensor {
        match self.dtype {
            DType::F32 => self.map_with(DType::Bool, |x: f32| u8::from(x.is_sign_negative())),
            DType::F64 => self.map_with(DType::Bool, |x: f64| u8::from(x.is_sign_negative())),
            _ => self.lt(0),
        }
    }

    fn nowhere(&self) -> Tensor {
        zeros_dtype(self.shape(), DType::Bool)
    }
}
