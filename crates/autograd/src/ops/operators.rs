//! `+ - * /` and unary `-` on variables and scalars, and what broadcasting means for their gradients.

use std::ops::{Add, Div, Mul, Neg, Sub};

use tensor::{Scalar, Tensor};

use crate::{Backward, Grads, Variable};

/// Sums a gradient over the axes along which an operand of `shape` was repeated.
pub(crate) fn sum_to(gradient: Tensor, shape: &[usize]) -> Tensor {
    if gradient.shape() == shape {
        return gradient;
    }
    let new_axes = gradient.ndim() - shape.len();
    let repeated: Vec<isize> = (0..gradient.ndim())
        .filter(|&axis| axis < new_axes || (shape[axis - new_axes] == 1 && gradient.shape()[axis] != 1))
        .map(|axis| axis as isize)
        .collect();
    if repeated.is_empty() {
        return gradient.reshape(shape);
    }
    gradient.sum_dim(&repeated, true).reshape(shape)
}

/// The derivative of `y = c·x + d`, whatever `d` is: `dx = c·dy`.
pub(crate) struct Scale {
    pub(crate) name: &'static str,
    pub(crate) factor: f64,
    /// Whether torch keeps the factor as a tensor, which is gone after the first pass.
    pub(crate) saves: bool,
}

impl Backward for Scale {
    fn name(&self) -> &'static str {
        self.name
    }

    fn saves_tensors(&self, _: &[bool]) -> bool {
        self.saves
    }

    fn backward(&self, dy: Tensor, _: &[bool]) -> Grads {
        let dx = if self.factor == 1.0 { dy } else { dy.into_mul_scalar(self.factor) };
        Grads::from_elem(Some(dx), 1)
    }
}

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
    use super::*;
    use crate::gradcheck;

    #[test]
    fn scalars_on_either_side_have_the_right_gradients() {
        let x = Tensor::from([0.5, -1.0, 3.5]);
        gradcheck(|x| 2.0 - &x[0], &[x.clone()]);
        gradcheck(|x| 2.0 / &x[0], &[x.clone()]);
        gradcheck(|x| (&x[0] * 3 + 1.0) / 4.0 - 2, &[x]);
    }

    #[test]
    fn sum_to_undoes_broadcasting() {
        let g = tensor::ones([2, 3, 4]);
        assert_eq!(sum_to(g.clone(), &[3, 1]).to_vec::<f32>(), [8.0; 3]);
        assert_eq!(sum_to(g.clone(), &[1, 1, 4]).shape(), [1, 1, 4]);
        assert_eq!(sum_to(g, &[]).item(), 24.0);
        assert_eq!(sum_to(tensor::ones([1, 4]), &[4]).shape(), [4]);
    }
}
