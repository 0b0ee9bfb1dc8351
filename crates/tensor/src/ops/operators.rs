//! `+ - * /` and unary `-`, for every mix of `Tensor`, `&Tensor` and numbers. An owned left operand lends its
//! memory to the result.

use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use crate::{Scalar, Tensor};

macro_rules! operator {
    ($trait:ident $method:ident, $assign_trait:ident $assign:ident, $by_ref:ident, $into:ident, $scalar:ident) => {
        impl $trait<&Tensor> for &Tensor {
            type Output = Tensor;
            #[track_caller]
            fn $method(self, y: &Tensor) -> Tensor {
                self.$by_ref(y)
            }
        }
        impl $trait<Tensor> for &Tensor {
            type Output = Tensor;
            #[track_caller]
            fn $method(self, y: Tensor) -> Tensor {
                self.$by_ref(&y)
            }
        }
        impl $trait<&Tensor> for Tensor {
            type Output = Tensor;
            #[track_caller]
            fn $method(self, y: &Tensor) -> Tensor {
                self.$into(y)
            }
        }
        impl $trait<Tensor> for Tensor {
            type Output = Tensor;
            #[track_caller]
            fn $method(self, y: Tensor) -> Tensor {
                self.$into(&y)
            }
        }
        impl $assign_trait<&Tensor> for Tensor {
            /// In this tensor's own memory where nothing else shares it.
            #[track_caller]
            fn $assign(&mut self, y: &Tensor) {
                let x = std::mem::replace(self, Tensor::from(0.0f32));
                *self = x.$into(y);
            }
        }
        impl<S: Into<Scalar>> $trait<S> for &Tensor {
            type Output = Tensor;
            #[track_caller]
            fn $method(self, y: S) -> Tensor {
                self.$scalar(y)
            }
        }
        impl<S: Into<Scalar>> $trait<S> for Tensor {
            type Output = Tensor;
            #[track_caller]
            fn $method(self, y: S) -> Tensor {
                self.$scalar(y)
            }
        }
    };
}
operator!(Add add, AddAssign add_assign, add, into_add, add_scalar);
operator!(Sub sub, SubAssign sub_assign, sub, into_sub, sub_scalar);
operator!(Mul mul, MulAssign mul_assign, mul, into_mul, mul_scalar);
operator!(Div div, DivAssign div_assign, div, into_div, div_scalar);

macro_rules! scalar_first {
    ($($t:ty)*) => {$(
        scalar_first!($t, Add add |x, y| y.add_scalar(x));
        scalar_first!($t, Sub sub |x, y| y.rsub_scalar(x));
        scalar_first!($t, Mul mul |x, y| y.mul_scalar(x));
        scalar_first!($t, Div div |x, y| y.scalar_div(Scalar::from(x)));
    )*};
    ($t:ty, $trait:ident $method:ident |$x:ident, $y:ident| $value:expr) => {
        impl $trait<&Tensor> for $t {
            type Output = Tensor;
            #[track_caller]
            fn $method(self, y: &Tensor) -> Tensor {
                let ($x, $y) = (self, y);
                $value
            }
        }
        impl $trait<Tensor> for $t {
            type Output = Tensor;
            #[track_caller]
            fn $method(self, y: Tensor) -> Tensor {
                let ($x, $y) = (self, &y);
                $value
            }
        }
    };
}
// Only one float and one integer, so that a literal's type can be inferred.
scalar_first!(f64 i64);

impl Neg for &Tensor {
    type Output = Tensor;
    #[track_caller]
    fn neg(self) -> Tensor {
        Tensor::neg(self)
    }
}

impl Neg for Tensor {
    type Output = Tensor;
    #[track_caller]
    fn neg(self) -> Tensor {
        Tensor::neg(&self)
    }
}
