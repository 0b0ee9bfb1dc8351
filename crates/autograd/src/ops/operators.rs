//! `+ - * /` and unary `-` on variables and scalars.

use std::ops::{Add, Div, Mul, Neg, Sub};

use tensor::Scalar;

use crate::Variable;

macro_rules! operator {
    ($trait:ident $method:ident $scalar:ident) => {
        impl $trait<&Variable> for &Variable {
            type Output = Variable;
            #[track_caller]
            fn $method(self, y: &Variable) -> Variable {
                Variable::$method(self, y)
            }
        }
        impl $trait<Variable> for &Variable {
            type Output = Variable;
            #[track_caller]
            fn $method(self, y: Variable) -> Variable {
                Variable::$method(self, &y)
            }
        }
        impl $trait<&Variable> for Variable {
            type Output = Variable;
            #[track_caller]
            fn $method(self, y: &Variable) -> Variable {
                Variable::$method(&self, y)
            }
        }
        impl $trait<Variable> for Variable {
            type Output = Variable;
            #[track_caller]
            fn $method(self, y: Variable) -> Variable {
                Variable::$method(&self, &y)
            }
        }
        impl<S: Into<Scalar>> $trait<S> for &Variable {
            type Output = Variable;
            #[track_caller]
            fn $method(self, y: S) -> Variable {
                self.$scalar(y)
            }
        }
        impl<S: Into<Scalar>> $trait<S> for Variable {
            type Output = Variable;
            #[track_caller]
            fn $method(self, y: S) -> Variable {
                self.$scalar(y)
            }
        }
    };
}
operator!(Add add add_scalar);
operator!(Sub sub sub_scalar);
operator!(Mul mul mul_scalar);
operator!(Div div div_scalar);

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

macro_rules! scalar_first {
    ($($t:ty)*) => {$(
        scalar_first!($t, Add add |x, y| y.add_scalar(x));
        scalar_first!($t, Sub sub |x, y| y.rsub_scalar(x));
        scalar_first!($t, Mul mul |x, y| y.mul_scalar(x));
        scalar_first!($t, Div div |x, y| y.reciprocal().mul_scalar(x));
    )*};
    ($t:ty, $trait:ident $method:ident |$x:ident, $y:ident| $value:expr) => {
        impl $trait<&Variable> for $t {
            type Output = Variable;
            #[track_caller]
            fn $method(self, y: &Variable) -> Variable {
                let ($x, $y) = (self, y);
                $value
            }
        }
        impl $trait<Variable> for $t {
            type Output = Variable;
            #[track_caller]
            fn $method(self, y: Variable) -> Variable {
                let ($x, $y) = (self, &y);
                $value
            }
        }
    };
}
// Only one float and one integer, so that a literal's type can be inferred.
scalar_first!(f64 i64);

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn scalars_on_either_side_have_the_right_gradients() {
        let x = Tensor::from([0.5, -1.0, 3.5]);
        gradchecks(|x| 2.0 - &x[0], &[x.clone()]);
        gradchecks(|x| 2.0 / &x[0], &[x.clone()]);
        gradchecks(|x| (&x[0] * 3 + 1.0) / 4.0 - 2, &[x]);
    }
}
