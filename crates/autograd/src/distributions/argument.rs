use tensor::{DType, Tensor};

use crate::Variable;

/// A parameter, as a distribution takes it: a variable, a tensor or a number.
#[derive(Clone, Debug)]
pub enum Argument {
    /// A number becomes a tensor without axes, of the dtype of the parameters beside it.
    Number(f64),
    /// Parameters broadcast.
    Variable(Variable),
}

macro_rules! from {
    ($($t:ty: |$x:ident| $argument:expr;)*) => {$(
        impl From<$t> for Argument {
            fn from($x: $t) -> Argument {
                $argument
            }
        }
    )*};
}

from! {
    f64: |x| Argument::Number(x);
    f32: |x| Argument::Number(x.into());
    i32: |x| Argument::Number(x.into());
    Variable: |x| Argument::Variable(x);
    &Variable: |x| Argument::Variable(x.clone());
    Tensor: |x| Argument::Variable(x.into());
    &Tensor: |x| Argument::Variable(x.into());
}

impl Argument {
    /// As a variable, of this dtype if it is a number.
    fn variable(self, dtype: DType) -> Variable {
        match self {
            Argument::Number(x) => Variable::new(tensor::full_dtype((), x, dtype)),
            Argument::Variable(x) => x,
        }
    }

    fn dtype(&self) -> Option<DType> {
        match self {
            Argument::Number(_) => None,
            Argument::Variable(x) => Some(x.dtype()),
        }
    }
}

/// A parameter that stands alone.
pub(super) fn single(x: impl Into<Argument>) -> Variable {
    x.into().variable(DType::F32)
}

/// Two parameters of one shape.
#[track_caller]
pub(super) fn pair(a: impl Into<Argument>, b: impl Into<Argument>) -> [Variable; 2] {
    let (a, b) = (a.into(), b.into());
    let dtype = a.dtype().or(b.dtype()).unwrap_or(DType::F32);
    broadcast(&a.variable(dtype), &b.variable(dtype))
}

/// Both, repeated to their common shape.
#[track_caller]
pub(super) fn broadcast(a: &Variable, b: &Variable) -> [Variable; 2] {
    let common = tensor::broadcast_tensors(&[a.data(), b.data()]).remove(0);
    [expanded(a, common.shape()), expanded(b, common.shape())]
}

/// The variable repeated to a shape; itself if it has it.
#[track_caller]
pub(super) fn expanded(x: &Variable, shape: &[usize]) -> Variable {
    if x.shape() == shape { x.clone() } else { x.expand(shape) }
}
