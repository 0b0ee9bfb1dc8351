//! `+ - * /` and unary `-` on parameters and buffers, which mean the variables that they are.

use std::ops::{Add, Div, Mul, Neg, Sub};

use autograd::{RightOperand, Variable};
use tensor::{Scalar, Tensor};

use super::{Buffer, Parameter};

macro_rules! operators {
    ($($t:ty)*) => {$(
        impl RightOperand for $t {
            #[track_caller]
            fn with(
                self,
                x: &Variable,
                pair: fn(&Variable, &Variable) -> Variable,
                _: fn(&Variable, Scalar) -> Variable,
            ) -> Variable {
                pair(x, self)
            }
        }

        impl Neg for $t {
            type Output = Variable;
            #[track_caller]
            fn neg(self) -> Variable {
                -&**self
            }
        }

        operators! { $t: Add add, Sub sub, Mul mul, Div div }
    )*};
    ($t:ty: $($trait:ident $method:ident),*) => {$(
        impl<R: RightOperand> $trait<R> for $t {
            type Output = Variable;
            #[track_caller]
            fn $method(self, y: R) -> Variable {
                $trait::$method(&**self, y)
            }
        }

        operators! { $t, $trait $method: &Tensor, Tensor, f64, i64 }
    )*};
    ($t:ty, $trait:ident $method:ident: $($left:ty),*) => {$(
        impl $trait<$t> for $left {
            type Output = Variable;
            #[track_caller]
            fn $method(self, y: $t) -> Variable {
                $trait::$method(self, &**y)
            }
        }
    )*};
}
operators!(&Parameter & Buffer);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_an_operand_on_either_side() {
        let (w, b) =
            (Parameter::new(Tensor::from([2.0f32, 3.0])), Parameter::new(Tensor::from([0.5f32, 1.0])));
        let (x, mean) = (Tensor::from([4.0f32, 5.0]), Buffer::new(Tensor::from([1.0f32, 2.0])));
        let y = &b + &w * (&x - &mean) - 2 / &b + -&w * 0.5;
        assert_eq!(y.to_vec::<f32>(), [0.5 + 6.0 - 4.0 - 1.0, 1.0 + 9.0 - 2.0 - 1.5]);
        (Variable::new(x) * &w * &w).sum().backward();
        assert_eq!(w.grad().expect("it took part").to_vec::<f32>(), [16.0, 30.0]);
    }
}
