use crate::DType;

/// A number handed to an operation, of the kind it was written in: `2` is an integer, `2.0` a float.
///
/// As in torch, a scalar takes part in the choice of the result's dtype only by its kind: an integer tensor
/// plus `2` stays integer, an integer tensor plus `2.0` becomes `F32`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Scalar {
    Float(f64),
    Int(i64),
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

    /// The dtype of `tensor ∘ scalar` for a tensor of `dtype`.
    pub(crate) fn promote_with(self, dtype: DType) -> DType {
        match self {
            Scalar::Float(_) if !dtype.is_float() => DType::F32,
            Scalar::Int(_) if dtype == DType::Bool => DType::I64,
            _ => dtype,
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
from_number!(f32 => Float as f64, f64 => Float as f64, i32 => Int as i64, i64 => Int as i64, u8 => Int as i64, usize => Int as i64, bool => Bool as bool);
