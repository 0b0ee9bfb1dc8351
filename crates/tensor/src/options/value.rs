use smallvec::SmallVec;

use crate::{DType, Scalar, Shape, Tensor, Value, ValueError};

/// A type that an option can have: numbers, truth values, text, tensors, and `Option`, `Vec` and tuples of
/// these. [`option_value!`](crate::option_value) makes another type one, such as an enum.
///
/// ```
/// use tensor::{OptionValue, Value};
///
/// assert_eq!((3, 3).to_value().to_string(), "(3, 3)");
/// assert_eq!(Some(1e-5).to_value().to_string(), "1e-05");
/// assert_eq!(f64::from_value(&Value::Int(2))?, 2.0);
/// # Ok::<(), tensor::ValueError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an option",
    note = "derive serde's `Serialize` and `Deserialize` for it, and write `option_value!({Self})` beside it"
)]
pub trait OptionValue: Sized {
    /// The value as plain data.
    ///
    /// # Panics
    /// If it cannot be written down: an integer beyond `i64`.
    #[track_caller]
    fn to_value(&self) -> Value;

    /// The value that such data stands for. As in Python, an integer and a tensor of one element are numbers.
    ///
    /// # Errors
    /// If it is of another type.
    fn from_value(value: &Value) -> Result<Self, ValueError>;
}

/// Makes types that serde reads and writes [`OptionValue`]s.
///
/// ```
/// #[derive(serde::Serialize, serde::Deserialize)]
/// #[serde(rename_all = "lowercase")]
/// enum Side {
///     Left,
///     Right,
/// }
/// tensor::option_value!(Side);
///
/// assert_eq!(tensor::OptionValue::to_value(&Side::Left).to_string(), "'left'");
/// ```
#[macro_export]
macro_rules! option_value {
    ($($type:ty),* $(,)?) => {$(
        impl $crate::OptionValue for $type {
            #[track_caller]
            fn to_value(&self) -> $crate::Value {
                $crate::Value::of(self)
            }

            fn from_value(value: &$crate::Value) -> ::std::result::Result<Self, $crate::ValueError> {
                match value {
                    $crate::Value::Tensor(number) if number.numel() == 1 => {
                        $crate::Value::Float(number.item()).to()
                    }
                    _ => value.to(),
                }
            }
        }
    )*};
}

option_value!((), bool, i32, i64, isize, u32, u64, usize, f32, f64, String, Scalar);

impl OptionValue for Tensor {
    fn to_value(&self) -> Value {
        Value::Tensor(self.clone())
    }

    fn from_value(value: &Value) -> Result<Self, ValueError> {
        value.try_into()
    }
}

impl<T: OptionValue> OptionValue for Option<T> {
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::None, T::to_value)
    }

    fn from_value(value: &Value) -> Result<Self, ValueError> {
        match value {
            Value::None => Ok(None),
            _ => T::from_value(value).map(Some),
        }
    }
}

impl OptionValue for DType {
    /// torch's name without its prefix: `'float32'`.
    fn to_value(&self) -> Value {
        self.name().into()
    }

    fn from_value(value: &Value) -> Result<Self, ValueError> {
        let name = value.as_str().map(|name| name.strip_prefix("torch.").unwrap_or(name));
        let known = DType::ALL.into_iter().find(|dtype| Some(dtype.name()) == name);
        known.ok_or_else(|| value.is_not("the name of a dtype"))
    }
}

impl OptionValue for Shape {
    fn to_value(&self) -> Value {
        Value::List(self.iter().map(usize::to_value).collect())
    }

    fn from_value(value: &Value) -> Result<Self, ValueError> {
        Vec::<usize>::from_value(value).map(Shape::from)
    }
}

impl<A: smallvec::Array<Item: OptionValue>> OptionValue for SmallVec<A> {
    fn to_value(&self) -> Value {
        Value::List(self.iter().map(OptionValue::to_value).collect())
    }

    fn from_value(value: &Value) -> Result<Self, ValueError> {
        Vec::from_value(value).map(SmallVec::from_vec)
    }
}

impl<T: OptionValue> OptionValue for Vec<T> {
    fn to_value(&self) -> Value {
        Value::List(self.iter().map(T::to_value).collect())
    }

    fn from_value(value: &Value) -> Result<Self, ValueError> {
        value.as_list().ok_or_else(|| value.is_not("a list"))?.iter().map(T::from_value).collect()
    }
}

macro_rules! tuples {
    ($(($($t:ident $x:ident),*) $expected:literal;)*) => {$(
        impl<$($t: OptionValue),*> OptionValue for ($($t,)*) {
            fn to_value(&self) -> Value {
                let ($($x,)*) = self;
                Value::Tuple(vec![$($x.to_value()),*])
            }

            fn from_value(value: &Value) -> Result<Self, ValueError> {
                match value.as_list() {
                    Some([$($x),*]) => Ok(($($t::from_value($x)?,)*)),
                    _ => Err(value.is_not($expected)),
                }
            }
        }
    )*};
}

tuples! {
    (A a, B b) "a tuple of 2";
    (A a, B b, C c) "a tuple of 3";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ones;

    #[test]
    fn a_number_may_be_whole_or_the_only_element_of_a_tensor() {
        for value in [Value::Float(2.0), Value::Int(2), ones([1]).mul_scalar(2.0).into()] {
            assert_eq!(f64::from_value(&value), Ok(2.0));
        }
        assert!(f64::from_value(&ones([2]).into()).is_err());
        assert!(usize::from_value(&Value::Int(-2)).is_err());
        assert!(bool::from_value(&Value::Int(1)).is_err());
    }

    #[test]
    fn a_scalar_stays_of_the_kind_it_was_given_in() {
        for (scalar, text) in [(Scalar::from(2), "2"), (2.0.into(), "2.0"), (true.into(), "True")] {
            assert_eq!(scalar.to_value().to_string(), text);
            assert_eq!(Scalar::from_value(&scalar.to_value()), Ok(scalar));
        }
    }

    #[test]
    fn tuples_and_lists_are_read_from_either() {
        assert_eq!(<(f64, usize)>::from_value(&"[1, 2]".parse().unwrap()), Ok((1.0, 2)));
        assert_eq!(Vec::<i64>::from_value(&"(1, 2)".parse().unwrap()), Ok(vec![1, 2]));
        let error = <(f64, f64)>::from_value(&"(1, 2, 3)".parse().unwrap()).unwrap_err().to_string();
        assert_eq!(error, "expected a tuple of 2, found a tuple");
    }

    #[test]
    fn dtypes_go_by_torchs_names_and_shapes_are_lists() {
        assert_eq!(DType::BF16.to_value().to_string(), "'bfloat16'");
        assert_eq!(DType::from_value(&"torch.int64".into()), Ok(DType::I64));
        let error = DType::from_value(&"f32".into()).unwrap_err().to_string();
        assert_eq!(error, "expected the name of a dtype, found a str");
        assert_eq!(Shape::from([2, 3]).to_value().to_string(), "[2, 3]");
        assert_eq!(Shape::from_value(&"(2, 3)".parse().unwrap()), Ok(Shape::from([2, 3])));
        let dims: SmallVec<[isize; 2]> = SmallVec::from_slice(&[-1, 0, 2]);
        assert_eq!(SmallVec::from_value(&dims.to_value()), Ok(dims));
    }

    #[test]
    fn a_tensor_may_be_none() {
        let weight = Some(ones([2]));
        assert_eq!(Option::<Tensor>::from_value(&weight.to_value()).unwrap().to_value(), weight.to_value());
        assert!(Option::<Tensor>::from_value(&Value::None).unwrap().is_none());
        assert!(Option::<Tensor>::from_value(&Value::Int(1)).is_err());
    }
}
