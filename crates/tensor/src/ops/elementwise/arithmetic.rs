//! `+ − × ÷`, powers, maxima and minima, between tensors and with scalars; the operators are in
//! `operators.rs`.

use crate::dispatch::{by_float, by_num};
use crate::error::bool_difference;
use crate::kernels::map::Zip;
use crate::ops::zip::{broadcast_shape, promote, promoted, zip, zip_into};
use crate::{DType, Num, Scalar, Tensor};

/// A number operation that every computable dtype has.
trait Arith: Copy + Send + Sync {
    const NAME: &'static str;
    /// Whether the operands can change places.
    const COMMUTES: bool;
    fn f<T: Num>(x: T, y: T) -> T;
}

#[derive(Clone, Copy)]
struct ArithOp<A>(A);

impl<T: Num, A: Arith> Zip<T> for ArithOp<A> {
    #[inline(always)]
    fn f(&self, x: T, y: T) -> T {
        A::f(x, y)
    }
}

macro_rules! arith {
    ($($kind:ident $name:literal $commutes:literal |$x:ident, $y:ident| $value:expr;)*) => {$(
        #[derive(Clone, Copy)]
        struct $kind;
        impl Arith for $kind {
            const NAME: &'static str = $name;
            const COMMUTES: bool = $commutes;
            #[inline(always)]
            fn f<T: Num>($x: T, $y: T) -> T {
                $value
            }
        }
    )*};
}
arith! {
    Add "add" true |x, y| x.add(y);
    Sub "sub" false |x, y| x.sub(y);
    Rsub "sub" false |x, y| y.sub(x);
    Mul "mul" true |x, y| x.mul(y);
    Div "div" false |x, y| x.div(y);
    Maximum "maximum" true |x, y| if x > y || x.is_nan() { x } else { y };
    Minimum "minimum" true |x, y| if x < y || x.is_nan() { x } else { y };
}

#[track_caller]
fn arith<A: Arith>(a: &Tensor, b: &Tensor, op: A) -> Tensor {
    if a.dtype != b.dtype {
        let (a, b) = promote(a, b);
        return arith(&a, &b, op);
    }
    // The loops run along the first operand, so the larger one goes there.
    let (a, b) = if A::COMMUTES && a.numel() < b.numel() { (b, a) } else { (a, b) };
    if a.dtype.is_float() {
        return by_float!(A::NAME, a, T => zip::<T, T>(A::NAME, a, b, a.dtype, ArithOp(op)));
    }
    let shape = broadcast_shape(A::NAME, a, b);
    by_num!(A::NAME, a, T => a.zip_with::<T, T>(b, &shape, a.dtype, A::f))
}

#[track_caller]
fn arith_into<A: Arith>(a: Tensor, b: &Tensor, op: A) -> Tensor {
    if a.dtype != b.dtype || !a.dtype.is_float() {
        return arith(&a, b, op);
    }
    by_float!(A::NAME, &a, T => zip_into::<T>(A::NAME, a, b, ArithOp(op)))
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
    fn beside_scalar(&self, y: Scalar) -> (Tensor, Tensor) {
        let dtype = y.promote_with(self.dtype);
        (self.to_dtype(dtype), y.to_tensor(dtype))
    }

    /// `x + y`, elementwise; of `Bool`s, whether one of the two is true.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn add(&self, y: &Tensor) -> Tensor {
        arith(self, y, Add)
    }

    /// `x − y`, elementwise.
    ///
    /// # Panics
    /// If the shapes do not broadcast, or one of the two is `Bool`.
    #[track_caller]
    pub fn sub(&self, y: &Tensor) -> Tensor {
        no_bool_in_difference(self.dtype, y.dtype);
        arith(self, y, Sub)
    }

    /// `x · y`, elementwise; of `Bool`s, whether both are true.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn mul(&self, y: &Tensor) -> Tensor {
        arith(self, y, Mul)
    }

    /// `x / y`, elementwise; of integers, in `F32`, as torch's true division.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn div(&self, y: &Tensor) -> Tensor {
        let dtype = promoted(self, y).or_float();
        arith(&self.to_dtype(dtype), &y.to_dtype(dtype), Div)
    }

    /// The larger of two elements; NaN if either is.
    #[track_caller]
    pub fn maximum(&self, y: &Tensor) -> Tensor {
        arith(self, y, Maximum)
    }

    /// The smaller of two elements; NaN if either is.
    #[track_caller]
    pub fn minimum(&self, y: &Tensor) -> Tensor {
        arith(self, y, Minimum)
    }

    /// `x + y` for a scalar. Beside integers, here and in the methods below, an integer that their type does
    /// not hold wraps around, as in torch: to a `U8`, 300 is 44.
    #[track_caller]
    pub fn add_scalar(&self, y: impl Into<Scalar>) -> Tensor {
        let (x, y) = self.beside_scalar(y.into());
        arith(&x, &y, Add)
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
        arith(&x, &y, Sub)
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
        arith(&x, &y, Rsub)
    }

    /// `x · y` for a scalar.
    #[track_caller]
    pub fn mul_scalar(&self, y: impl Into<Scalar>) -> Tensor {
        let (x, y) = self.beside_scalar(y.into());
        arith(&x, &y, Mul)
    }

    /// `x / y` for a scalar; of integers, in `F32`.
    ///
    /// ```
    /// assert_eq!(tensor::Tensor::from([3u8]).div_scalar(300).to_vec::<f32>(), [0.01]);
    /// ```
    #[track_caller]
    pub fn div_scalar(&self, y: impl Into<Scalar>) -> Tensor {
        let y = y.into();
        let dtype = y.promote_with(self.dtype).or_float();
        arith(&self.to_dtype(dtype), &y.to_tensor(dtype), Div)
    }

    /// `y / x` for a scalar `y`: `y · (1/x)`, as torch computes `y / x`.
    #[track_caller]
    pub(crate) fn scalar_div(&self, y: Scalar) -> Tensor {
        self.reciprocal().into_mul_scalar(y)
    }

    /// `x + y` in `x`'s own memory where nothing else shares it.
    #[track_caller]
    pub fn into_add(self, y: &Tensor) -> Tensor {
        arith_into(self, y, Add)
    }

    /// `x − y` in `x`'s own memory where nothing else shares it.
    #[track_caller]
    pub fn into_sub(self, y: &Tensor) -> Tensor {
        no_bool_in_difference(self.dtype, y.dtype);
        arith_into(self, y, Sub)
    }

    /// `x · y` in `x`'s own memory where nothing else shares it.
    #[track_caller]
    pub fn into_mul(self, y: &Tensor) -> Tensor {
        arith_into(self, y, Mul)
    }

    /// `x / y` in `x`'s own memory where nothing else shares it.
    #[track_caller]
    pub fn into_div(self, y: &Tensor) -> Tensor {
        if self.dtype.is_float() { arith_into(self, y, Div) } else { self.div(y) }
    }

    /// `x · y` for a scalar, in `x`'s own memory where nothing else shares it.
    #[track_caller]
    pub fn into_mul_scalar(self, y: impl Into<Scalar>) -> Tensor {
        let y = y.into();
        let dtype = y.promote_with(self.dtype);
        let y = y.to_tensor(dtype);
        if dtype == self.dtype { arith_into(self, &y, Mul) } else { arith(&self.to_dtype(dtype), &y, Mul) }
    }
}
