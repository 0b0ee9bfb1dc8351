use crate::{Scalar, Tensor};

/// The second operand of a function of two arrays: an array, or one number for all elements, which takes part
/// in the choice of the dtype by its kind alone.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub enum Operand<'a, A> {
    Array(&'a A),
    Number(Scalar),
}

impl<'a> From<&'a Tensor> for Operand<'a, Tensor> {
    fn from(tensor: &'a Tensor) -> Self {
        Operand::Array(tensor)
    }
}

impl<S: Into<Scalar>, A> From<S> for Operand<'_, A> {
    fn from(number: S) -> Self {
        Operand::Number(number.into())
    }
}
