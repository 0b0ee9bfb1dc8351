use std::fmt;

use half::{bf16, f16};
use serde::{Deserialize, Serialize};

use crate::convert::Cast;
use crate::dispatch::by_element;
use crate::{DType, Num, Tensor};

/// A number handed to an operation, of the kind it was written in: `2` is an integer, `2.0` a float.
///
/// As in torch, a scalar takes part in the choice of the result's dtype only by its kind: an integer tensor
/// plus `2` stays integer, an integer tensor plus `2.0` becomes `F32`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)] // the first that fits is read: an integer would do for a float
#[allow(missing_docs)]
pub enum Scalar {
    Int(i64),
    Float(f64),
    Bool(bool),
}

impl Scalar {
    /// The value as a float.
    pub fn to_f64(self) -> f64 {
        match self {
            Scalar::Float(x) => x,
            Scalar::Int(x) => x as f64,
            Scalar::Bool(x) => f64::from(u8::from(x)),
        }
    }

    /// The value as an integer, a float cut towards zero.
    pub fn to_i64(self) -> i64 {
        match self {
            Scalar::Float(x) => x as i64,
            Scalar::Int(x) => x,
            Scalar::Bool(x) => i64::from(x),
        }
    }

    /// The dtype of a tensor made from this scalar alone, as `torch.tensor(x)`: `F32`, `I64` or `Bool`.
    pub fn dtype(self) -> DType {
        match self {
            Scalar::Float(_) => DType::F32,
            Scalar::Int(_) => DType::I64,
            Scalar::Bool(_) => DType::Bool,
        }
    }

    /// The value as a number of a tensor; integers wrap around.
    pub(crate) fn to_num<T: Num>(self) -> T {
        match self {
            Scalar::Float(x) => T::from_f64(x),
            x => T::from_i64(x.to_i64()),
        }
    }

    /// A tensor without axes of this value, of whatever dtype an operation computes in beside it. An integer
    /// wraps around, as torch's do beside a tensor: to a `U8`, 300 is 44.
    pub(crate) fn to_tensor(self, dtype: DType) -> Tensor {
        by_element!(dtype, T => Tensor::from(self.to_element::<T>()))
    }

    /// The value as an element of a tensor, converted as [`Tensor::to_dtype`] converts.
    pub(crate) fn to_element<T>(self) -> T
    where
        f64: Cast<T>,
        i64: Cast<T>,
        bool: Cast<T>,
    {
        match self {
            Scalar::Float(x) => x.cast(),
            Scalar::Int(x) => x.cast(),
            Scalar::Bool(x) => x.cast(),
        }
    }

    /// As [`Scalar::to_tensor`], for a value that is to be stored: refuses what `dtype` cannot hold.
    #[track_caller]
    pub(crate) fn to_stored(self, op: &str, dtype: DType) -> Tensor {
        self.check(op, dtype);
        self.to_tensor(dtype)
    }

    /// Panics if `dtype` cannot hold the value.
    #[track_caller]
    pub(crate) fn check(self, op: &str, dtype: DType) {
        assert!(self.fits(dtype), "{op}: value {self} cannot be converted to type {dtype} without overflow");
    }

    /// Whether torch stores the value in a tensor of `dtype`. Fractions are cut off, unsigned types take a
    /// negative value as its distance from their end.
    fn fits(self, dtype: DType) -> bool {
        let (least, most) = dtype.exact_integers();
        match self {
            _ if matches!(dtype, DType::Bool | DType::F64) => true,
            _ if dtype.is_float() => {
                let most = match dtype {
                    DType::F16 => f16::MAX.to_f64(),
                    DType::BF16 => bf16::MAX.to_f64(),
                    _ => f64::from(f32::MAX),
                };
                !self.to_f64().is_finite() || self.to_f64().abs() <= most
            }
            Scalar::Float(x) => least as f64 <= x && x < (most + 1) as f64,
            Scalar::Int(x) if least == 0 => i128::from(x).abs() <= most,
            Scalar::Int(x) => (least..=most).contains(&x.into()),
            Scalar::Bool(_) => true,
        }
    }

    /// The dtype of `tensor ∘ scalar` for a tensor of `dtype`.
    pub(crate) fn promote_with(self, dtype: DType) -> DType {
        match self {
            Scalar::Float(_) if !dtype.is_float() => DType::F32,
            Scalar::Int(_) if dtype == DType::Bool => DType::I64,
            _ => dtype,
        }
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scalar::Float(x) => write!(f, "{x:?}"),
            Scalar::Int(x) => write!(f, "{x}"),
            Scalar::Bool(x) => write!(f, "{x}"),
        }
    }
}

macro_rules! from_number {
    ($($t:ty => $kind:ident as $wide:ty),*) => {$(
        impl From<$t> for Scalar {
            fn from(x: $t) -> Self {
                Scalar::$kind(x as $wide)
            }
        }
    )*};
}
from_number!(f32 => Float as f64, f64 => Float as f64, bool => Bool as bool);
from_number!(i64 => Int as i64, i32 => Int as i64, i16 => Int as i64, i8 => Int as i64, u32 => Int as i64, u16 => Int as i64, u8 => Int as i64, usize => Int as i64);
