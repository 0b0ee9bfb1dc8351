//! `+ - * /` and unary `-`, for every mix of `Tensor`, `&Tensor` and numbers. An owned left operand lends its
//! memory to the result.

use std::ops::{AddAssign, DivAssign, MulAssign, SubAssign};

use crate::{Scalar, Tensor};

/// The operators of a type by its methods: of two values; of a value and a number; of a number and a value;
/// and what is done where the left operand is owned.
macro_rules! operators {
    ($T:ident: $($trait:ident $method:ident $scalar:ident $first:ident |$x:ident, $y:ident| $owned:expr;)*) => {
        $(
            impl std::ops::$trait<&$T> for &$T {
                type Output = $T;
                #[track_caller]
                fn $method(self, y: &$T) -> $T {
                    $T::$method(self, y)
                }
            }
            impl std::ops::$trait<$T> for &$T {
                type Output = $T;
                #[track_caller]
                fn $method(self, y: $T) -> $T {
                    $T::$method(self, &y)
                }
            }
            impl std::ops::$trait<&$T> for $T {
                type Output = $T;
                #[track_caller]
                fn $method(self, $y: &$T) -> $T {
                    let $x = self;
                    $owned
                }
            }
            impl std::ops::$trait<$T> for $T {
                type Output = $T;
                #[track_caller]
                fn $method(self, y: $T) -> $T {
                    let ($x, $y) = (self, &y);
                    $owned
                }
            }
            impl<S: Into<Scalar>> std::ops::$trait<S> for &$T {
                type Output = $T;
                #[track_caller]
                fn $method(self, y: S) -> $T {
                    self.$scalar(y)
                }
            }
            impl<S: Into<Scalar>> std::ops::$trait<S> for $T {
                type Output = $T;
                #[track_caller]
                fn $method(self, y: S) -> $T {
                    self.$scalar(y)
                }
            }
            // Only one float and one integer, so that a literal's type can be inferred.
            operators!(f64, $T $trait $method $first);
            operators!(i64, $T $trait $method $first);
        )*

        impl std::ops::Neg for &$T {
            type Output = $T;
            #[track_caller]
            fn neg(self) -> $T {
                $T::neg(self)
            }
        }
        impl std::ops::Neg for $T {
            type Output = $T;
            #[track_caller]
            fn neg(self) -> $T {
                $T::neg(&self)
            }
        }
    };
    ($number:ty, $T:ident $trait:ident $method:ident $first:ident) => {
        impl std::ops::$trait<&$T> for $number {
            type Output = $T;
            #[track_caller]
            fn $method(self, y: &$T) -> $T {
                y.$first(self)
            }
        }
        impl std::ops::$trait<$T> for $number {
            type Output = $T;
            #[track_caller]
            fn $method(self, y: $T) -> $T {
                y.$first(self)
            }
        }
    };
}

operators! {
    Tensor:
    Add add add_scalar add_scalar |x, y| x.into_add(y);
    Sub sub sub_scalar rsub_scalar |x, y| x.into_sub(y);
    Mul mul mul_scalar mul_scalar |x, y| x.into_mul(y);
    Div div div_scalar scalar_div |x, y| x.into_div(y);
}

macro_rules! assignments {
    ($($trait:ident $assign:ident $by_ref:ident $into:ident $scalar:ident;)*) => {$(
        impl $trait<&Tensor> for Tensor {
            /// In this tensor's own memory where nothing else shares it; it keeps its shape and dtype, as
            /// torch's in-place operations do.
            ///
            /// # Panics
            /// If the result has another shape, or is of a higher kind: a float for an
            /// integer, a number for a `Bool`.
            #[track_caller]
            fn $assign(&mut self, y: &Tensor) {
                if fits_in_place(self, y) {
                    let x = std::mem::replace(self, Tensor::from(0.0f32));
                    *self = x.$into(y);
                } else {
                    let z = Tensor::$by_ref(self, y);
                    *self = kept(stringify!($assign), self, z);
                }
            }
        }

        impl $trait<Tensor> for Tensor {
            #[track_caller]
            fn $assign(&mut self, y: Tensor) {
                $trait::$assign(self, &y);
            }
        }

        impl<S: Into<Scalar>> $trait<S> for Tensor {
            /// As with a tensor.
            #[track_caller]
            fn $assign(&mut self, y: S) {
                let y = y.into();
                if y.promote_with(self.dtype) == self.dtype && self.dtype.is_float() {
                    $trait::$assign(self, &y.to_tensor(self.dtype));
                } else {
                    let z = self.$scalar(y);
                    *self = kept(stringify!($assign), self, z);
                }
            }
        }
    )*};
}
assignments! {
    AddAssign add_assign add into_add add_scalar;
    SubAssign sub_assign sub into_sub sub_scalar;
    MulAssign mul_assign mul into_mul mul_scalar;
    DivAssign div_assign div into_div div_scalar;
}

impl std::iter::Sum for Tensor {
    /// The sum of all; 0, without axes, of none.
    fn sum<I: Iterator<Item = Tensor>>(tensors: I) -> Tensor {
        tensors.reduce(|a, b| a + b).unwrap_or_else(|| Tensor::from(0.0f32))
    }
}

/// Whether `x ∘ y` is of the shape and dtype of `x`, and of floats: then nothing is refused half-way.
fn fits_in_place(x: &Tensor, y: &Tensor) -> bool {
    x.dtype.has_functions()
        && x.dtype == y.dtype
        && (x.shape() == y.shape() || y.layout.broadcast_to(&x.layout.shape).is_some())
}

/// The result `z` of an operation on `x`, as `x` is to hold it.
#[track_caller]
fn kept(op: &str, x: &Tensor, z: Tensor) -> Tensor {
    assert!(
        x.shape() == z.shape(),
        "{op}: output with shape {:?} doesn't match the broadcast shape {:?}",
        x.shape(),
        z.shape()
    );
    assert!(
        z.dtype.rank() <= x.dtype.rank(),
        "{op}: result type {} can't be cast to the desired output type {}",
        z.dtype,
        x.dtype
    );
    z.to_dtype(x.dtype)
}

#[cfg(test)]
mod tests {
    use crate::{DType, Tensor, ones};

    #[test]
    fn numbers_are_assigned_as_tensors_are() {
        let mut x = Tensor::from([1.0f32, 2.0]);
        x += 1;
        x *= 2.0;
        x -= Tensor::from([1.0f32, 0.0]);
        x /= 2.0f64;
        assert_eq!(x.to_vec::<f32>(), [1.5, 3.0]);
        let mut n = Tensor::from([7i64]);
        n *= 3;
        assert_eq!(n.to_vec::<i64>(), [21]);
        assert_eq!([ones([2]), ones([2])].into_iter().sum::<Tensor>().to_vec::<f32>(), [2.0, 2.0]);
    }

    #[test]
    fn an_assignment_keeps_the_dtype() {
        let mut x = Tensor::from([1.0f32, 2.0]);
        x -= &Tensor::from([0.5f64, 0.25]);
        assert_eq!((x.dtype(), x.to_vec::<f32>()), (DType::F32, vec![0.5, 1.75]));
        let mut x = Tensor::from([100u8]);
        x += &Tensor::from([200i64]);
        assert_eq!(x.to_vec::<u8>(), [44]);
    }

    #[test]
    #[should_panic(
        expected = "mul_assign: result type torch.float32 can't be cast to the desired output type torch.int64"
    )]
    fn an_integer_does_not_become_a_float() {
        let mut x = Tensor::from([1i64]);
        x *= &Tensor::from([0.5f32]);
    }

    #[test]
    fn an_assignment_keeps_the_shape_and_the_value_when_it_refuses() {
        let mut x = ones([3]);
        let refused = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| x += &ones([2, 3])));
        let words = *refused.expect_err("another shape").downcast::<String>().expect("words");
        assert_eq!(words, "add_assign: output with shape [3] doesn't match the broadcast shape [2, 3]");
        assert_eq!(x.to_vec::<f32>(), [1.0; 3]);
    }
}
