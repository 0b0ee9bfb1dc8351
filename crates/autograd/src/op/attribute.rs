use smallvec::SmallVec;
use tensor::{DType, Scalar, Shape, Tensor, Value};

/// An attribute of an operation as plain data.
#[derive(Clone, Debug)]
#[allow(missing_docs)] // what they hold
pub enum Attribute {
    Bool(bool),
    Int(i64),
    Ints(Vec<i64>),
    Float(f64),
    Text(String),
    Tensor(Tensor),
}

/// The method [`Op::attributes`](super::Op::attributes) of an operation whose attributes are fields of it;
/// `name: field` where the two names differ.
macro_rules! attributes {
    ($($name:ident $(: $field:ident)?),*) => {
        fn attributes(&self) -> Vec<(&'static str, $crate::Attribute)> {
            vec![$((stringify!($name), $crate::op::attributes!(self $name $($field)?).into())),*]
        }
    };
    ($op:ident $name:ident) => { &$op.$name };
    ($op:ident $name:ident $field:ident) => { &$op.$field };
}

/// The methods [`Op::name`](super::Op::name) and [`Op::attributes`](super::Op::attributes) of an operation
/// that has one name: `describe!("GatherBackward0", dim, index)`.
macro_rules! describe {
    ($name:literal $(, $($attributes:tt)+)?) => {
        fn name(&self) -> &'static str {
            $name
        }

        $($crate::op::attributes!($($attributes)+);)?
    };
}
pub(crate) use {attributes, describe};

macro_rules! attribute {
    ($($t:ty => |$x:ident| $value:expr),* $(,)?) => {$(
        impl From<$t> for Attribute {
            fn from($x: $t) -> Attribute {
                $value
            }
        }
    )*};
}
attribute! {
    bool => |x| Attribute::Bool(x),
    &bool => |x| Attribute::Bool(*x),
    isize => |x| Attribute::Int(x as i64),
    &isize => |x| Attribute::Int(*x as i64),
    usize => |x| Attribute::Int(x as i64),
    &usize => |x| Attribute::Int(*x as i64),
    f64 => |x| Attribute::Float(x),
    &f64 => |x| Attribute::Float(*x),
    &Scalar => |x| Attribute::Float(x.to_f64()),
    &'static str => |x| Attribute::Text(x.to_owned()),
    &DType => |x| Attribute::Text(x.name().to_owned()),
    &Vec<isize> => |x| Attribute::Ints(x.iter().map(|&x| x as i64).collect()),
    &Vec<usize> => |x| Attribute::Ints(x.iter().map(|&x| x as i64).collect()),
    &Shape => |x| Attribute::Ints(x.iter().map(|&x| x as i64).collect()),
    &Tensor => |x| Attribute::Tensor(x.clone()),
}

impl<A: smallvec::Array<Item = isize>> From<&SmallVec<A>> for Attribute {
    fn from(x: &SmallVec<A>) -> Attribute {
        Attribute::Ints(x.iter().map(|&x| x as i64).collect())
    }
}

/// A value that has no kind of its own here becomes its text.
impl From<Value> for Attribute {
    fn from(value: Value) -> Attribute {
        match value {
            Value::Bool(x) => Attribute::Bool(x),
            Value::Int(x) => Attribute::Int(x),
            Value::Float(x) => Attribute::Float(x),
            Value::Str(x) => Attribute::Text(x),
            Value::Tensor(x) => Attribute::Tensor(x),
            x => Attribute::Text(x.to_string()),
        }
    }
}
