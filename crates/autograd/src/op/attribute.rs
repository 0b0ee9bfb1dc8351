use tensor::{Tensor, Value};

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
    isize => |x| Attribute::Int(x as i64),
    usize => |x| Attribute::Int(x as i64),
    f64 => |x| Attribute::Float(x),
    &'static str => |x| Attribute::Text(x.to_owned()),
    &[isize] => |x| Attribute::Ints(x.iter().map(|&x| x as i64).collect()),
    &[usize] => |x| Attribute::Ints(x.iter().map(|&x| x as i64).collect()),
    &Tensor => |x| Attribute::Tensor(x.clone()),
}

/// What has no kind of its own here becomes its text.
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
