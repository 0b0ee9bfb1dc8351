//! `+ - * /` and unary `-` on variables, beside variables, tensors and numbers, and `+= -= *= /=`.

use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use tensor::{Scalar, Tensor};

use crate::Variable;

/// What may stand on the right of a variable and an operator: a variable, a tensor, which is a constant, or a
/// number.
pub trait RightOperand {
    /// `pair` of both, or `number` where this is one.
    #[doc(hidden)]
    fn with(
        self,
        x: &Variable,
        pair: fn(&Variable, &Variable) -> Variable,
        number: fn(&Variable, Scalar) -> Variable,
    ) -> Variable;
}

macro_rules! right_operands {
    ($($t:ty: |$this:ident, $x:ident, $pair:ident, $number:ident| $value:expr;)*) => {$(
        impl RightOperand for $t {
            #[track_caller]
            fn with(
                self,
                $x: &Variable,
                $pair: fn(&Variable, &Variable) -> Variable,
                $number: fn(&Variable, Scalar) -> Variable,
            ) -> Variable {
                let $this = self;
                $value
            }
        }
    )*};
    (numbers $($t:ty)*) => {
        right_operands! { $($t: |y, x, _pair, number| number(x, y.into());)* }
    };
}
right_operands! {
    &Variable: |y, x, pair, _number| pair(x, y);
    Variable: |y, x, pair, _number| pair(x, &y);
    &Tensor: |y, x, pair, _number| pair(x, &Variable::new(y.clone()));
    Tensor: |y, x, pair, _number| pair(x, &Variable::new(y));
}
right_operands!(numbers Scalar f32 f64 bool i64 i32 i16 i8 u32 u16 u8 usize);

macro_rules! operators {
    ($($trait:ident $method:ident $number:ident $first:ident $assign:ident $assign_method:ident;)*) => {$(
        impl<R: RightOperand> $trait<R> for &Variable {
            type Output = Variable;
            #[track_caller]
            fn $method(self, y: R) -> Variable {
                y.with(self, Variable::$method, Variable::$number)
            }
        }
        impl<R: RightOperand> $trait<R> for Variable {
            type Output = Variable;
            #[track_caller]
            fn $method(self, y: R) -> Variable {
                y.with(&self, Variable::$method, Variable::$number)
            }
        }
        /// The handle then stands for the result; other handles of the variable keep what they have.
        impl<R: RightOperand> $assign<R> for Variable {
            #[track_caller]
            fn $assign_method(&mut self, y: R) {
                *self = y.with(self, Variable::$method, Variable::$number);
            }
        }
        operators! { $trait $method: &Tensor, Tensor; |x, y| Variable::$method(&Variable::new(Tensor::clone(x)), y) }
        // Only one float and one integer, so that a literal's type can be inferred.
        operators! { $trait $method: f64, i64; |x, y| y.$first(*x) }
    )*};
    ($trait:ident $method:ident: $($t:ty),*; |$x:ident, $y:ident| $value:expr) => {$(
        impl $trait<&Variable> for $t {
            type Output = Variable;
            #[track_caller]
            fn $method(self, $y: &Variable) -> Variable {
                let $x = &self;
                $value
            }
        }
        impl $trait<Variable> for $t {
            type Output = Variable;
            #[track_caller]
            fn $method(self, y: Variable) -> Variable {
                let ($x, $y) = (&self, &y);
                $value
            }
        }
    )*};
}
operators! {
    Add add add_scalar add_scalar AddAssign add_assign;
    Sub sub sub_scalar rsub_scalar SubAssign sub_assign;
    Mul mul mul_scalar mul_scalar MulAssign mul_assign;
    Div div div_scalar scalar_div DivAssign div_assign;
}

impl Neg for &Variable {
    type Output = Variable;
    #[track_caller]
    fn neg(self) -> Variable {
        Variable::neg(self)
    }
}

impl Neg for Variable {
    type Output = Variable;
    #[track_caller]
    fn neg(self) -> Variable {
        Variable::neg(&self)
    }
}

impl std::iter::Sum for Variable {
    /// The sum of all; 0, without axes, of none.
    fn sum<I: Iterator<Item = Variable>>(variables: I) -> Variable {
        variables.reduce(|a, b| a + b).unwrap_or_else(|| Variable::new(Tensor::from(0.0f32)))
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::Variable;
    use crate::gradcheck::gradchecks;

    #[test]
    fn scalars_on_either_side_have_the_right_gradients() {
        let x = Tensor::from([0.5, -1.0, 3.5]);
        gradchecks(|x| 2.0 - &x[0], &[x.clone()]);
        gradchecks(|x| 2.0 / &x[0], &[x.clone()]);
        gradchecks(|x| (&x[0] * 3 + 1.0) / 4.0 - 2, &[x]);
    }

    #[test]
    fn a_tensor_beside_a_variable_is_a_constant() {
        let (x, c) = (Tensor::from([0.5, -1.0, 3.5]), Tensor::from([2.0, 3.0, 4.0]));
        gradchecks(|x| &x[0] * &c + c.clone(), &[x.clone()]);
        gradchecks(|x| &c / &x[0] - c.clone() * x[0].clone(), &[x]);
    }

    #[test]
    fn an_assignment_goes_on_in_the_graph() {
        let x = Variable::new(Tensor::from([3.0f32])).requires_grad_(true);
        let mut y = &x * 2.0;
        y += &x;
        y -= 1.0;
        y *= y.clone();
        y.sum().backward(); // (3x − 1)²
        assert_eq!(x.grad().expect("a leaf").to_vec::<f32>(), [48.0]);
        assert_eq!([&x * 1.0, &x * 2.0].into_iter().sum::<Variable>().item(), 9.0);
    }
}
