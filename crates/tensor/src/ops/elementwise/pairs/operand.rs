use crate::{DType, Scalar, Tensor};

/// The second operand of a function of two arrays: an array, or one number for all elements, which takes part
/// in the choice of the dtype by its kind alone.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub enum Operand<'a, A> {
    Array(&'a A),
    Number(Scalar),
}

impl Operand<'_, Tensor> {
    /// The values as they are stored in a tensor of `dtype`.
    ///
    /// # Panics
    /// If it cannot hold the number.
    #[track_caller]
    pub(crate) fn stored(self, op: &str, dtype: DType) -> Tensor {
        match self {
            Operand::Number(x) => x.to_stored(op, dtype),
            Operand::Array(x) => x.to_dtype(dtype),
        }
    }
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

impl Scalar {
    /// The number as a tensor beside one of `dtype`, in the dtype that a function of the two computes in;
    /// integers become floats first where it is one `of_floats`.
    #[doc(hidden)]
    pub fn beside(self, dtype: DType, of_floats: bool) -> Tensor {
        let dtype = self.promote_with(dtype);
        self.to_tensor(if of_floats { dtype.or_float() } else { dtype })
    }
}
