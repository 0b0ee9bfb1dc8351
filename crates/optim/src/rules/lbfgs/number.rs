use std::cmp::Ordering;
use std::ops::{Add, Div, Mul, Neg, Sub};

use nn::{OptionValue, Value};
use tensor::{DType, Tensor, ValueError};

/// A number as torch's program has it: one of Python's, or a tensor without axes, in whose dtype everything
/// beside it is computed too.
#[derive(Clone, Copy, Debug)]
pub(super) enum Number {
    /// Python's, of double precision.
    Float(f64),
    /// A tensor of single precision.
    F32(f32),
    /// A tensor of double precision.
    F64(f64),
}
use Number::{F32, F64, Float};

impl Number {
    /// That of a tensor of one element.
    pub(super) fn of(x: &Tensor) -> Number {
        match x.dtype() {
            DType::F32 => F32(x.item() as f32),
            _ => F64(x.item()),
        }
    }

    pub(super) fn value(self) -> f64 {
        match self {
            Float(x) | F64(x) => x,
            F32(x) => x.into(),
        }
    }

    /// Python's `min(self, other)`.
    pub(super) fn smaller(self, other: Number) -> Number {
        if other < self { other } else { self }
    }

    /// Python's `max(self, other)`.
    pub(super) fn larger(self, other: Number) -> Number {
        if self < other { other } else { self }
    }

    pub(super) fn abs(self) -> Number {
        if self < 0.0 { -self } else { self }
    }

    pub(super) fn sqrt(self) -> Number {
        match self {
            Float(x) => Float(x.sqrt()),
            F32(x) => F32(x.sqrt()),
            F64(x) => F64(x.sqrt()),
        }
    }

    /// A vector times this.
    pub(super) fn times(self, x: &Tensor) -> Tensor {
        x.mul_scalar(self.value())
    }
}

macro_rules! arithmetic {
    ($($trait:ident $method:ident $op:tt;)*) => {$(
        impl $trait for Number {
            type Output = Number;
            fn $method(self, y: Number) -> Number {
                match (self, y) {
                    (Float(x), Float(y)) => Float(x $op y),
                    (F32(x), y) => F32(x $op y.value() as f32),
                    (x, F32(y)) => F32(x.value() as f32 $op y),
                    (x, y) => F64(x.value() $op y.value()),
                }
            }
        }

        impl $trait<Number> for f64 {
            type Output = Number;
            fn $method(self, y: Number) -> Number {
                Float(self) $op y
            }
        }
    )*};
}
arithmetic! {
    Add add +;
    Sub sub -;
    Mul mul *;
}

/// A number of Python's over a tensor is `x·(1/y)`.
impl Div for Number {
    type Output = Number;
    fn div(self, y: Number) -> Number {
        match (self, y) {
            (Float(x), Float(y)) => Float(x / y),
            (Float(x), F32(y)) => F32(1.0 / y * x as f32),
            (Float(x), F64(y)) => F64(1.0 / y * x),
            (F32(x), y) => F32(x / y.value() as f32),
            (x, F32(y)) => F32(x.value() as f32 / y),
            (x, y) => F64(x.value() / y.value()),
        }
    }
}

/// Beside a tensor of single precision, the other number is rounded first.
impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Number) -> Option<Ordering> {
        match (*self, *other) {
            (F32(x), y) => x.partial_cmp(&(y.value() as f32)),
            (x, F32(y)) => (x.value() as f32).partial_cmp(&y),
            (x, y) => x.value().partial_cmp(&y.value()),
        }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Number) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

impl PartialOrd<f64> for Number {
    fn partial_cmp(&self, other: &f64) -> Option<Ordering> {
        self.partial_cmp(&Float(*other))
    }
}

impl PartialEq<f64> for Number {
    fn eq(&self, other: &f64) -> bool {
        *self == Float(*other)
    }
}

impl Neg for Number {
    type Output = Number;
    fn neg(self) -> Number {
        match self {
            Float(x) => Float(-x),
            F32(x) => F32(-x),
            F64(x) => F64(-x),
        }
    }
}

impl OptionValue for Number {
    fn to_value(&self) -> Value {
        match *self {
            Float(x) => Value::Float(x),
            F32(x) => Value::Tensor(Tensor::from(x)),
            F64(x) => Value::Tensor(Tensor::from(x)),
        }
    }

    fn from_value(value: &Value) -> Result<Number, ValueError> {
        match value {
            Value::Tensor(t) if t.numel() == 1 && t.dtype().is_float() => Ok(Number::of(t)),
            other => f64::from_value(other).map(Float),
        }
    }
}

/// The inner product.
pub(super) fn dot(x: &Tensor, y: &Tensor) -> Number {
    Number::of(&x.dot(y))
}

/// The largest magnitude.
pub(super) fn largest(x: &Tensor) -> Number {
    Number::of(&x.abs().max())
}
