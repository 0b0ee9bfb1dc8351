use std::borrow::Cow;

use crate::Variable;

/// What stands beside a variable in an operation: a number, a tensor, or another variable. All three convert
/// into it.
#[derive(Clone)]
pub enum Operand<'a> {
    /// What no gradient goes to.
    Constant(tensor::Operand<'a>),
    /// What a gradient goes to.
    Variable(Cow<'a, Variable>),
}

impl<'a> From<&'a Variable> for Operand<'a> {
    fn from(x: &'a Variable) -> Self {
        Operand::Variable(Cow::Borrowed(x))
    }
}

impl From<Variable> for Operand<'_> {
    fn from(x: Variable) -> Self {
        Operand::Variable(Cow::Owned(x))
    }
}

impl<'a, T: Into<tensor::Operand<'a>>> From<T> for Operand<'a> {
    fn from(x: T) -> Self {
        Operand::Constant(x.into())
    }
}
