use serde::{Deserialize, Serialize};
use tensor::Scalar;

/// A setting of a layer, whole or not, kept as it was given: as in Python `2` prints `2`, and `2.0` prints
/// `2.0`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Number {
    Int(i64),
    Float(f64),
}

impl Number {
    pub(crate) fn of(given: impl Into<Scalar>) -> Self {
        match given.into() {
            Scalar::Int(x) => Number::Int(x),
            Scalar::Bool(x) => Number::Int(x.into()),
            Scalar::Float(x) => Number::Float(x),
        }
    }

    pub(crate) fn get(self) -> f64 {
        match self {
            Number::Int(x) => x as f64,
            Number::Float(x) => x,
        }
    }
}
