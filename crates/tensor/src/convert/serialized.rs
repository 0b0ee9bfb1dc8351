//! A tensor by `serde`, as a part of a program's own types.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::{DType, Shape, Tensor, dtypes};

/// A tensor as it is written.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename = "Tensor")]
struct Written {
    shape: Vec<usize>,
    data: Data,
}

/// An element. In a format for people, an infinite float and NaN are a word, since JSON has no number for
/// them.
struct Number<T>(T);

macro_rules! data {
    (() $($kind:ident { $($D:ident: $t:ty = $name:literal),* })*) => {
        /// The elements, under the name of their dtype.
        #[derive(serde::Serialize, serde::Deserialize)]
        enum Data {
            $($(#[serde(rename = $name)] $D(Vec<Number<$t>>),)*)*
        }

        impl Data {
            fn of(x: &Tensor) -> Data {
                match x.dtype() {
                    $($(DType::$D => Data::$D(x.to_vec::<$t>().into_iter().map(Number).collect()),)*)*
                }
            }

            fn len(&self) -> usize {
                match self {
                    $($(Data::$D(numbers) => numbers.len(),)*)*
                }
            }

            fn tensor(self, shape: Vec<usize>) -> Tensor {
                match self {
                    $($(Data::$D(numbers) => {
                        Tensor::from_vec(numbers.into_iter().map(|x| x.0).collect::<Vec<$t>>(), shape)
                    })*)*
                }
            }
        }

        $($(number!($kind $t);)*)*
    };
}

macro_rules! number {
    (Float $t:ty) => {
        number!(written $t, f64::from, |x: f64| x as $t);
    };
    (Half $t:ty) => {
        number!(written $t, f64::from, <$t>::from_f64);
    };
    (written $t:ty, $to_f64:expr, $from_f64:expr) => {
        impl Serialize for Number<$t> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() && !self.0.is_finite() {
                    return serializer.collect_str(&self.0);
                }
                // An f32 keeps its few digits.
                match size_of::<$t>() {
                    8 => serializer.serialize_f64($to_f64(self.0)),
                    _ => serializer.serialize_f32($to_f64(self.0) as f32),
                }
            }
        }

        impl<'de> Deserialize<'de> for Number<$t> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let x = match (deserializer.is_human_readable(), size_of::<$t>()) {
                    (true, _) => deserializer.deserialize_any(Float)?,
                    (false, 8) => f64::deserialize(deserializer)?,
                    (false, _) => f32::deserialize(deserializer)?.into(),
                };
                Ok(Number($from_f64(x)))
            }
        }
    };
    ($whole:ident $t:ty) => {
        impl Serialize for Number<$t> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.serialize(serializer)
            }
        }

        impl<'de> Deserialize<'de> for Number<$t> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <$t>::deserialize(deserializer).map(Number)
            }
        }
    };
}

dtypes! { [data] () }

/// A number or the word for one.
struct Float;

impl Visitor<'_> for Float {
    type Value = f64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, \"inf\", \"-inf\" or \"NaN\"")
    }

    fn visit_f64<E>(self, x: f64) -> Result<f64, E> {
        Ok(x)
    }

    fn visit_i64<E>(self, x: i64) -> Result<f64, E> {
        Ok(x as f64)
    }

    fn visit_u64<E>(self, x: u64) -> Result<f64, E> {
        Ok(x as f64)
    }

    fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<f64, E> {
        match word {
            "inf" => Ok(f64::INFINITY),
            "-inf" => Ok(f64::NEG_INFINITY),
            "NaN" => Ok(f64::NAN),
            _ => Err(E::invalid_value(serde::de::Unexpected::Str(word), &self)),
        }
    }
}

/// As its shape and its elements, in order, under the name of their dtype. Every number is read back as it
/// was, `float64` from JSON if `serde_json` has its feature `float_roundtrip`. For checkpoints, and whatever
/// else is large, the crate `serialize` has formats that are smaller.
///
/// ```
/// use tensor::Tensor;
///
/// let x = Tensor::from([[0.1f32, f32::INFINITY]]);
/// let text = serde_json::to_string(&x)?;
/// assert_eq!(text, r#"{"shape":[1,2],"data":{"float32":[0.1,"inf"]}}"#);
/// let y: Tensor = serde_json::from_str(&text)?;
/// assert_eq!((y.shape(), y.to_vec::<f32>()), (x.shape(), x.to_vec::<f32>()));
/// # Ok::<(), serde_json::Error>(())
/// ```
impl Serialize for Tensor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written { shape: self.shape().to_vec(), data: Data::of(self) }.serialize(serializer)
    }
}

/// # Errors
/// If the shape needs another number of elements than there are.
impl<'de> Deserialize<'de> for Tensor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Tensor, D::Error> {
        let Written { shape, data } = Written::deserialize(deserializer)?;
        if Shape::from(&shape).checked_numel() != Some(data.len()) {
            let elements = data.len();
            return Err(D::Error::custom(format_args!(
                "shape {shape:?} is invalid for input of size {elements}"
            )));
        }
        Ok(data.tensor(shape))
    }
}
