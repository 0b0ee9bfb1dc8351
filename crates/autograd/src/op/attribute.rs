use tensor::Tensor;

/// An attribute of an operation as plain data.
#[derive(Clone, Debug)]
#[allow(missing_docs)] // what they hold
pub enum Attribute {
    Bool(bool),
    Int(i64),
    Ints(Vec<i64>),
    Float(f64),
    Text(&'static str),
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
    &'static str => |x| Attribute::Text(x),
    &[isize] => |x| Attribute::Ints(x.iter().map(|&x| x as i64).collect()),
    &[usize] => |x| Attribute::Ints(x.iter().map(|&x| x as i64).collect()),
    &Tensor => |x| Attribute::Tensor(x.clone()),
}
