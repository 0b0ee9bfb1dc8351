//! `+ − × ÷`, powers, maxima and minima, between tensors and with scalars; the operators are in
//! `operators.rs`.

use crate::dispatch::{by_float, by_num};
use crate::error::bool_difference;
use crate::ops::zip::{broadcast_shape, promote, promoted, zip, zip_into};
use crate::{DType, Num, Scalar, Tensor};

/// Functions of two tensors, with broadcasting, on every dtype that is computed with; `true` for those whose
/// operands can change places. With `into`, also one that computes in its first operand's memory where it
/// can.
macro_rules! arithmetic {
    ($($op:ident $name:literal $commutes:literal |$x:ident, $y:ident| $value:expr $(, into $into:ident)?;)*) => {$(
        #[track_caller]
        pub(super) fn $op(a: &Tensor, b: &Tensor) -> Tensor {
            if a.dtype != b.dtype {
                let (a, b) = promote(a, b);
                return $op(&a, &b);
            }
            // The loops run along the first operand, so the larger one goes there.
            let (a, b) = if $commutes && a.numel() < b.numel() { (b, a) } else { (a, b) };
            if a.dtype.is_float() {
                return by_float!($name, a, T => zip($name, a, b, a.dtype, |($x, $y): (T, T)| -> T { $value }));
            }
            let shape = broadcast_shape($name, a, b);
            by_num!($name, a, T => a.zip_with(b, &shape, a.dtype, |$x: T, $y: T| -> T { $value }))
        }

        $(
            #[track_caller]
            fn $into(a: Tensor, b: &Tensor) -> Tensor {
                if a.dtype != b.dtype || !a.dtype.is_float() {
                    return $op(&a, b);
                }
                by_float!($name, &a, T => zip_into($name, a, b, |($x, $y): (T, T)| -> T { $value }))
            }
        )?
    )*};
}
arithmetic! {
    add "add" true |x, y| x.add(y), into into_add;
    sub "sub" false |x, y| x.sub(y), into into_sub;
    rsub "sub" false |x, y| y.sub(x);
    mul "mul" true |x, y| x.mul(y), into into_mul;
    div "div" false |x, y| x.div(y), into into_div;
    maximum "maximum" true |x, y| Num::maximum(x, y);
    minimum "minimum" true |x, y| Num::minimum(x, y);
}

/// Refuses a difference in which a `Bool` takes part, as torch does; sums and
/// products of them are or and and.
#[track_caller]
fn no_bool_in_difference(x: DType, y: DType) {
    if x == DType::Bool || y == DType::Bool {
        bool_difference("sub", x == y);
    }
}

impl Tensor {
    /// A tensor of one element that stands for a scalar beside `self`, in the dtype of the result.
    pub(super) fn beside_scalar(&self, y: Scalar) -> (Tensor, Tensor) {
        let dtype = y.promote_with(self.dtype);
        (self.to_dtype(dtype), y.to_tensor(dtype))
    }

    /// `x + y`, elementwise; of `Bool`s, whether one of the two is true.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn add(&self, y: &Tensor) -> Tensor {
        add(self, y)
    }

    /// `x − y`, elementwise.
    ///
    /// # Panics
    /// If the shapes do not broadcast, or one of the two is `Bool`.
    #[track_caller]
    pub fn sub(&self, y: &Tensor) -> Tensor {
        no_bool_in_difference(self.dtype, y.dtype);
        sub(self, y)
    }

    /// `x · y`, elementwise; of `Bool`s, whether both are true.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn mul(&self, y: &Tensor) -> Tensor {
        mul(self, y)
    }

    /// `x / y`, elementwise; of integers, in `F32`, as torch's true division.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn div(&self, y: &Tensor) -> Tensor {
        let dtype = promoted(self, y).or_float();
        div(&self.to_dtype(dtype), &y.to_dtype(dtype))
    }

    /// `x + y` for a scalar. Beside integers, here and in the methods below, an integer that their type does
    /// not hold wraps around, as in torch: to a `U8`, 300 is 44.
    #[track_caller]
    pub fn add_scalar(&self, y: impl Into<Scalar>) -> Tensor {
        let (x, y) = self.beside_scalar(y.into());
        add(&x, &y)
    }

    /// `x − y` for a scalar.
    ///
    /// # Panics
    /// If one of the two is `Bool`.
    #[track_caller]
    pub fn sub_scalar(&self, y: impl Into<Scalar>) -> Tensor {
        let y = y.into();
        no_bool_in_difference(self.dtype, y.dtype());
        let (x, y) = self.beside_scalar(y);
        sub(&x, &y)
    }

    /// `y − x` for a scalar `y`, as `torch.rsub`; what `y - x` calls.
    ///
    /// # Panics
    /// If one of the two is `Bool`.
    #[track_caller]
    pub fn rsub_scalar(&self, y: impl Into<Scalar>) -> Tensor {
        let y = y.into();
        no_bool_in_difference(self.dtype, y.dtype());
        let (x, y) = self.beside_scalar(y);
        rsub(&x, &y)
    }

    /// `x · y` for a scalar.
    #[track_caller]
    pub fn mul_scalar(&self, y: impl Into<Scalar>) -> Tensor {
        let (x, y) = self.beside_scalar(y.into());
        mul(&x, &y)
    }

    /// `x / y` for a scalar; of integers, in `F32`.
    ///
    /// ```
    /// assert_eq!(tensor::Tensor::from([3u8]).div_scalar(300).to_vec::<f32>(), [0.01]);
    /// ```
    #[track_caller]
    pub fn div_scalar(&self, y: impl Into<Scalar>) -> Tensor {
        self.clone().into_div_scalar(y)
    }

    /// `y / x` for a scalar `y`: `y · (1/x)`, as torch computes `y / x`.
    #[track_caller]
    pub(crate) fn scalar_div(&self, y: impl Into<Scalar>) -> Tensor {
        self.reciprocal().into_mul_scalar(y)
    }

    /// `x + y` in `x`'s own memory where nothing else shares it.
    #[track_caller]
    pub fn into_add(self, y: &Tensor) -> Tensor {
        into_add(self, y)
    }

    /// `x − y` in `x`'s own memory where nothing else shares it.
    #[track_caller]
    pub fn into_sub(self, y: &Tensor) -> Tensor {
        no_bool_in_difference(self.dtype, y.dtype);
        into_sub(self, y)
    }

    /// `x · y` in `x`'s own memory where nothing else shares it.
    #[track_caller]
    pub fn into_mul(self, y: &Tensor) -> Tensor {
        into_mul(self, y)
    }

    /// `x / y` in `x`'s own memory where nothing else shares it.
    #[track_caller]
    pub fn into_div(self, y: &Tensor) -> Tensor {
        if self.dtype.is_float() { into_div(self, y) } else { self.div(y) }
    }

    /// `x · y` for a scalar, in `x`'s own memory where nothing else shares it.
    #[track_caller]
    pub fn into_mul_scalar(self, y: impl Into<Scalar>) -> Tensor {
        let y = y.into();
        let dtype = y.promote_with(self.dtype);
        let y = y.to_tensor(dtype);
        if dtype == self.dtype { into_mul(self, &y) } else { mul(&self.to_dtype(dtype), &y) }
    }

    /// `x / y` for a scalar, in `x`'s own memory where nothing else shares it.
    #[track_caller]
    pub fn into_div_scalar(self, y: impl Into<Scalar>) -> Tensor {
        let y = y.into();
        let dtype = y.promote_with(self.dtype).or_float();
        let y = y.to_tensor(dtype);
        if dtype == self.dtype { into_div(self, &y) } else { div(&self.to_dtype(dtype), &y) }
    }
}
