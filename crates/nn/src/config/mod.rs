//! Settings of modules as plain data: what `#[module(config)]` saves, prints and reads back.

mod from_value;
mod to_value;

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::flat;

/// A setting of a module, such as `in_features=2`.
///
/// ```
/// use nn::ConfigValue;
///
/// let kernel_size = ConfigValue::from_config(&(3, 3));
/// assert_eq!(kernel_size.to_string(), "(3, 3)");
/// assert_eq!(kernel_size.to_config::<(usize, usize)>(), Ok((3, 3)));
/// assert_eq!(ConfigValue::from_config(&1e-5).to_string(), "1e-05");
/// assert_eq!(ConfigValue::from_config(&true).to_string(), "True");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum ConfigValue {
    /// An `Option` that is `None`, or `()`.
    None,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// Text, a character, or the name of a variant of an enum.
    Str(String),
    /// A `Vec` or other sequence.
    List(Vec<ConfigValue>),
    /// A tuple or an array.
    Tuple(Vec<ConfigValue>),
    /// A struct, a map, or a variant of an enum with its content.
    Map(Vec<(String, ConfigValue)>),
}

/// A type that `#[module(config)]` can save: everything that serde can write and read.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a setting of a module",
    label = "not `Serialize` and `Deserialize`",
    note = "derive serde's `Serialize` and `Deserialize` for it"
)]
pub trait Setting: Serialize + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> Setting for T {}

/// Why a value and a type do not fit each other.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub(crate) String);

tensor::debug_as_display!(ConfigError);

impl ConfigValue {
    /// The setting as plain data.
    ///
    /// # Panics
    /// If it cannot be written down: an integer beyond `i64`, a map whose keys are not text.
    #[track_caller]
    pub fn from_config<T: Setting>(setting: &T) -> Self {
        match setting.serialize(to_value::ToValue) {
            Ok(value) => value,
            Err(error) => panic!("a setting cannot be saved: {error}"),
        }
    }

    /// The setting as its own type again.
    ///
    /// # Errors
    /// If the data does not fit the type.
    pub fn to_config<T: Setting>(&self) -> Result<T, ConfigError> {
        T::deserialize(from_value::FromValue(self))
    }
}

/// As Python prints it.
impl fmt::Display for ConfigValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list =
            |items: &[ConfigValue]| items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        match self {
            Self::None => f.write_str("None"),
            Self::Bool(true) => f.write_str("True"),
            Self::Bool(false) => f.write_str("False"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) => f.write_str(&python_float(*value)),
            Self::Str(value) => write!(f, "'{value}'"),
            Self::List(items) => write!(f, "[{}]", list(items)),
            Self::Tuple(items) if items.len() == 1 => write!(f, "({},)", items[0]),
            Self::Tuple(items) => write!(f, "({})", list(items)),
            Self::Map(entries) => {
                let entries: Vec<_> =
                    entries.iter().map(|(key, value)| format!("'{key}': {value}")).collect();
                write!(f, "{{{}}}", entries.join(", "))
            }
        }
    }
}

/// A float as Python's `repr` prints it: `1.0`, `0.1`, `1e-05`, `1e+16`.
pub fn python_float(x: f64) -> String {
    if !x.is_finite() {
        let text = if x.is_nan() {
            "nan"
        } else if x > 0.0 {
            "inf"
        } else {
            "-inf"
        };
        return text.to_owned();
    }
    let scientific = format!("{x:e}");
    let (digits, exponent) = scientific.split_once('e').expect("`{:e}` always writes an exponent");
    let exponent: i32 = exponent.parse().expect("`{:e}` writes a decimal exponent");
    if (-4..16).contains(&exponent) || x == 0.0 {
        format!("{x:?}")
    } else {
        format!("{digits}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
    }
}

/// One node of a value in the form it is stored in; see [`flat`].
#[derive(Serialize, Deserialize)]
struct Node {
    depth: u32,
    /// The name in the map that holds this node, else empty.
    key: String,
    atom: Atom,
}

#[derive(Serialize, Deserialize)]
enum Atom {
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(String),
    List,
    Tuple,
    Map,
}

impl Serialize for ConfigValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        fn flatten(key: &str, value: &ConfigValue, depth: u32, nodes: &mut Vec<Node>) -> Result<(), String> {
            flat::check_depth(depth)?;
            let atom = match value {
                ConfigValue::None => Atom::None,
                ConfigValue::Bool(value) => Atom::Bool(*value),
                ConfigValue::Int(value) => Atom::Int(*value),
                ConfigValue::Float(value) => Atom::Float(*value),
                ConfigValue::Str(value) => Atom::Str(value.clone()),
                ConfigValue::List(_) => Atom::List,
                ConfigValue::Tuple(_) => Atom::Tuple,
                ConfigValue::Map(_) => Atom::Map,
            };
            nodes.push(Node { depth, key: key.to_owned(), atom });
            match value {
                ConfigValue::List(items) | ConfigValue::Tuple(items) => {
                    items.iter().try_for_each(|item| flatten("", item, depth + 1, nodes))
                }
                ConfigValue::Map(entries) => {
                    entries.iter().try_for_each(|(key, item)| flatten(key, item, depth + 1, nodes))
                }
                _ => Ok(()),
            }
        }
        let mut nodes = Vec::new();
        flatten("", self, 0, &mut nodes).map_err(serde::ser::Error::custom)?;
        nodes.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ConfigValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let nodes = flat::sequence::<Node, D>(deserializer)?.into_iter().map(|Node { depth, key, atom }| {
            let value = match atom {
                Atom::None => Self::None,
                Atom::Bool(value) => Self::Bool(value),
                Atom::Int(value) => Self::Int(value),
                Atom::Float(value) => Self::Float(value),
                Atom::Str(value) => Self::Str(value),
                Atom::List => Self::List(Vec::new()),
                Atom::Tuple => Self::Tuple(Vec::new()),
                Atom::Map => Self::Map(Vec::new()),
            };
            (depth, (key, value))
        });
        let adopt = |(_, parent): &mut (String, Self), child: (String, Self)| {
            match parent {
                Self::List(items) | Self::Tuple(items) => items.push(child.1),
                Self::Map(entries) => entries.push(child),
                _ => return Err("a setting that is no list has items".to_owned()),
            }
            Ok(())
        };
        flat::unflatten(nodes, adopt).map(|(_, value)| value).map_err(serde::de::Error::custom)
    }
}
