//! Descriptions of operations in one line.

/// The method [`Op::attributes`](super::Op::attributes) of an operation whose attributes are fields of it;
/// `name: field` where the two names differ.
macro_rules! attributes {
    ($($name:ident $(: $field:ident)?),*) => {
        fn attributes(&self) -> Vec<(&'static str, tensor::Value)> {
            vec![$((
                stringify!($name),
                tensor::OptionValue::to_value($crate::op::attributes!(self $name $($field)?)),
            )),*]
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
