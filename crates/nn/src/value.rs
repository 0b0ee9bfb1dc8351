use tensor::Tensor;

use crate::{Error, StateDict};

/// Anything a checkpoint can hold: tensors in dicts and lists beside numbers and text.
///
/// ```
/// use nn::{Linear, Module, StateDict, Value};
///
/// let model = Linear::new(2, 1);
/// let checkpoint = Value::dict([("model", model.state_dict().into()), ("epoch", Value::Int(3))]);
/// assert_eq!(checkpoint.get("epoch").and_then(Value::as_int), Some(3));
/// let state = StateDict::try_from(checkpoint.entry("model")?)?;
/// println!("{}", model.load_state_dict(&state)?);
/// # Ok::<(), nn::Error>(())
/// ```
#[derive(Clone, Debug)]
pub enum Value {
    /// Python's `None`.
    None,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// Text.
    Str(String),
    /// A list.
    List(Vec<Value>),
    /// A tuple.
    Tuple(Vec<Value>),
    /// A dict, in order of insertion.
    Dict(Vec<(Value, Value)>),
    /// A tensor.
    Tensor(Tensor),
}

impl Value {
    /// A dict whose keys are text.
    pub fn dict<K: Into<String>>(entries: impl IntoIterator<Item = (K, Value)>) -> Self {
        Self::Dict(entries.into_iter().map(|(key, value)| (Value::Str(key.into()), value)).collect())
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
    pub fn entry(&self, key: &str) -> Result<&Value, Error> {
        let Some(entries) = self.as_dict() else {
            return Err(Error::Value { expected: "a dict", found: self.type_name().to_owned() });
        };
        self.get(key).ok_or_else(|| Error::MissingEntry {
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

    /// What this is, for error messages.
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

impl From<StateDict> for Value {
    fn from(state: StateDict) -> Self {
        Self::dict(state.into_iter().map(|(name, tensor)| (name, Self::Tensor(tensor))))
    }
}

impl TryFrom<&Value> for Tensor {
    type Error = Error;

    /// # Errors
    /// If the value is not a tensor.
    fn try_from(value: &Value) -> Result<Self, Error> {
        let wrong = || Error::Value { expected: "a tensor", found: value.type_name().to_owned() };
        value.as_tensor().cloned().ok_or_else(wrong)
    }
}

impl TryFrom<&Value> for StateDict {
    type Error = Error;

    /// # Errors
    /// If the value is not a dict of tensors under text.
    fn try_from(value: &Value) -> Result<Self, Error> {
        let wrong = |found: String| Error::Value { expected: "a dict of tensors under their names", found };
        let entries = value.as_dict().ok_or_else(|| wrong(value.type_name().to_owned()))?;
        entries
            .iter()
            .map(|entry| match entry {
                (Value::Str(name), Value::Tensor(tensor)) => Ok((name.clone(), tensor.clone())),
                (Value::Str(name), other) => Err(wrong(format!("{} under \"{name}\"", other.type_name()))),
                (key, _) => Err(wrong(format!("a key that is {}", key.type_name()))),
            })
            .collect()
    }
}
