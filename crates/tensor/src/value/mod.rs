//! Plain data: numbers, text and tensors in lists and dicts.

mod deserializer;
mod error;
mod parse;
mod repr;
mod serde_impls;
mod serializer;

use crate::Tensor;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use error::ValueError;

/// A tree of plain data: what a checkpoint, the settings of a layer and the description of a model are.
///
/// It prints as Python's `repr` does and is parsed from that again, and everything that serde can write
/// becomes one ([`Value::of`]) and comes back ([`Value::to`]).
///
/// ```
/// use tensor::{Value, ones};
///
/// let checkpoint = Value::dict([("epoch", Value::Int(3)), ("lr", 1e-5.into()), ("mean", ones([2]).into())]);
/// assert_eq!(checkpoint.get("epoch").and_then(Value::as_int), Some(3));
/// assert_eq!(checkpoint.to_string(), "{'epoch': 3, 'lr': 1e-05, 'mean': tensor([1., 1.])}");
///
/// let size = Value::of(&(3, "same"));
/// assert_eq!(size.to_string(), "(3, 'same')");
/// assert_eq!(size.to::<(usize, String)>()?, (3, "same".to_owned()));
/// assert_eq!("(3, 'same')".parse::<Value>()?, size);
/// # Ok::<(), tensor::ValueError>(())
/// ```
#[derive(Clone, Debug)]
pub enum Value {
    /// Python's `None`; an `Option` that is `None`, or `()`.
    None,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// Text, a character, or the name of a variant of an enum.
    Str(String),
    /// A list; a `Vec` or other sequence.
    List(Vec<Value>),
    /// A tuple or an array.
    Tuple(Vec<Value>),
    /// A dict, in order of insertion; a struct, a map, or a variant of an enum with its content.
    Dict(Vec<(Value, Value)>),
    /// A tensor.
    Tensor(Tensor),
}

impl Value {
    /// How deep a value from a file or a text may nest: a checkpoint nests a handful deep, and the stack of
    /// a thread holds some thousand levels of what walks through it.
    pub const MAX_DEPTH: usize = 100;

    /// A dict whose keys are text.
    pub fn dict<K: Into<String>>(entries: impl IntoIterator<Item = (K, Value)>) -> Self {
        Self::Dict(entries.into_iter().map(|(key, value)| (Value::Str(key.into()), value)).collect())
    }

    /// Anything that serde can write, as plain data. An `f32` becomes the shortest number that is it.
    ///
    /// # Panics
    /// If it cannot be written down: an integer beyond `i64`.
    #[track_caller]
    pub fn of<T: Serialize + ?Sized>(x: &T) -> Self {
        match x.serialize(serializer::ToValue) {
            Ok(value) => value,
            Err(error) => panic!("no plain data: {error}"),
        }
    }

    /// The data as a type that serde can read.
    ///
    /// # Errors
    /// If it does not fit the type.
    pub fn to<T: DeserializeOwned>(&self) -> Result<T, ValueError> {
        T::deserialize(deserializer::FromValue(self))
    }

    /// The value under a text key, if this is a dict that has it.
    pub fn get(&self, key: &str) -> Option<&Value> {
        let entries = self.as_dict()?;
        entries.iter().find(|(k, _)| k.as_str() == Some(key)).map(|(_, value)| value)
    }

    /// The value under a text key that has to be there.
    ///
    /// # Errors
    /// If this is no dict, or has no such key.
    pub fn entry(&self, key: &str) -> Result<&Value, ValueError> {
        let Some(entries) = self.as_dict() else { return Err(self.is_not("a dict")) };
        self.get(key).ok_or_else(|| ValueError::MissingEntry {
            key: key.to_owned(),
            keys: entries.iter().filter_map(|(key, _)| key.as_str().map(str::to_owned)).collect(),
        })
    }

    /// The truth value, if this is one.
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(value) = self { Some(*value) } else { None }
    }

    /// The whole number, if this is one.
    pub fn as_int(&self) -> Option<i64> {
        if let Self::Int(value) = self { Some(*value) } else { None }
    }

    /// The number, whole or not, if this is one.
    pub fn as_float(&self) -> Option<f64> {
        match self {
            Self::Float(value) => Some(*value),
            Self::Int(value) => Some(*value as f64),
            _ => None,
        }
    }

    /// The text, if this is text.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::Str(value) = self { Some(value) } else { None }
    }

    /// The items, if this is a list or a tuple.
    pub fn as_list(&self) -> Option<&[Value]> {
        if let Self::List(items) | Self::Tuple(items) = self { Some(items) } else { None }
    }

    /// The entries, if this is a dict.
    pub fn as_dict(&self) -> Option<&[(Value, Value)]> {
        if let Self::Dict(entries) = self { Some(entries) } else { None }
    }

    /// The tensor, if this is one.
    pub fn as_tensor(&self) -> Option<&Tensor> {
        if let Self::Tensor(tensor) = self { Some(tensor) } else { None }
    }

    /// The value, with the integer 0 for the float 0.0: so torch writes a number whose default is an integer.
    #[must_use]
    pub fn int_if_zero(self) -> Value {
        if self == Self::Float(0.0) { Self::Int(0) } else { self }
    }

    /// The integer in place of a float that is whole, in a tuple too.
    pub fn int_if_whole(self) -> Value {
        match self {
            Self::Float(x) if x.fract() == 0.0 && x.abs() < 9e15 => Self::Int(x as i64),
            Self::Tuple(values) => Self::Tuple(values.into_iter().map(Self::int_if_whole).collect()),
            other => other,
        }
    }

    /// Its kind, for error messages.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Bool(_) => "a bool",
            Self::Int(_) => "an int",
            Self::Float(_) => "a float",
            Self::Str(_) => "a str",
            Self::List(_) => "a list",
            Self::Tuple(_) => "a tuple",
            Self::Dict(_) => "a dict",
            Self::Tensor(_) => "a tensor",
        }
    }

    pub(crate) fn is_not(&self, expected: &'static str) -> ValueError {
        ValueError::Type { expected, found: self.type_name().to_owned() }
    }
}

/// Of the same type and equal throughout: tensors are equal in dtype, shape and every bit.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::None, Self::None) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a == b,
            (Self::Str(a), Self::Str(b)) => a == b,
            (Self::List(a), Self::List(b)) | (Self::Tuple(a), Self::Tuple(b)) => a == b,
            (Self::Dict(a), Self::Dict(b)) => a == b,
            (Self::Tensor(a), Self::Tensor(b)) => {
                (a.dtype(), a.shape()) == (b.dtype(), b.shape()) && a.bytes() == b.bytes()
            }
            _ => false,
        }
    }
}

macro_rules! from {
    ($($from:ty => $variant:ident),* $(,)?) => {$(
        impl From<$from> for Value {
            fn from(value: $from) -> Self {
                Self::$variant(value.into())
            }
        }
    )*};
}

from! { bool => Bool, i64 => Int, i32 => Int, u32 => Int, f64 => Float, f32 => Float, &str => Str,
String => Str, Tensor => Tensor, Vec<Value> => List }

impl TryFrom<&Value> for Tensor {
    type Error = ValueError;

    /// # Errors
    /// If the value is not a tensor.
    fn try_from(value: &Value) -> Result<Self, ValueError> {
        value.as_tensor().cloned().ok_or_else(|| value.is_not("a tensor"))
    }
}
