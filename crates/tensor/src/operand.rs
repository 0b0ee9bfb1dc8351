use std::borrow::Cow;

use crate::{DType, Scalar, Tensor};

/// What stands beside a tensor in an operation: a number, or another tensor. Both convert into it.
#[derive(Clone, Debug)]
pub enum Operand<'a> {
    /// A number, which takes part in the choice of the dtype only by its kind.
    Number(Scalar),
    /// A tensor.
    Tensor(Cow<'a, Tensor>),
}

impl Operand<'_> {
    /// The values as they are stored in a tensor of `dtype`.
    ///
    /// # Panics
    /// If it cannot hold the number.
    #[doc(hidden)]
    #[track_caller]
    pub fn stored(self, op: &str, dtype: DType) -> Tensor {
        match self {
            Operand::Number(x) => x.to_stored(op, dtype),
            Operand::Tensor(x) => x.to_dtype(dtype),
        }
    }
}

impl<'a> From<&'a Tensor> for Operand<'a> {
    fn from(x: &'a Tensor) -> Self {
        Operand::Tensor(Cow::Borrowed(x))
    }
}

impl From<Tensor> for Operand<'_> {
    fn from(x: Tensor) -> Self {
        Operand::Tensor(Cow::Owned(x))
    }
}

impl<S: Into<Scalar>> From<S> for Operand<'_> {
    fn from(x: S) -> Self {
        Operand::Number(x.into())
    }
}
