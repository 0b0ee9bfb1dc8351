//! Comparisons and logic; the results are `Bool`.

use crate::dispatch::{by_float, by_num};
use crate::kernels::map::Zip;
use crate::ops::zip::{Op2, broadcast_shape, promote, zip};
use crate::{DType, Num, Scalar, Tensor};

trait Compare: Copy + Send + Sync {
    const NAME: &'static str;
    fn f<T: Num>(x: T, y: T) -> bool;
}

#[derive(Clone, Copy)]
struct CompareOp<C>(C);

impl<T: Num, C: Compare> Zip<T, T, u8> for CompareOp<C> {
    #[inline(always)]
    fn f(&self, x: T, y: T) -> u8 {
        u8::from(C::f(x, y))
    }
}

#[track_caller]
fn compare<C: Compare>(a: &Tensor, b: &Tensor, op: C) -> Tensor {
    let (a, b) = promote(a, b);
    if a.dtype.is_float() {
        return by_float!(C::NAME, &a, T => zip::<T, u8>(C::NAME, &a, &b, DType::Bool, CompareOp(op)));
    }
    let shape = broadcast_shape(C::NAME, &a, &b);
    by_num!(C::NAME, &a, T => a.zip_with::<T, u8>(&b, &shape, DType::Bool, |x, y| u8::from(C::f(x, y))))
}

macro_rules! comparisons {
    ($($(#[$doc:meta])* $kind:ident $name:ident $scalar:ident |$x:ident, $y:ident| $value:expr;)*) => {
        $(
            #[derive(Clone, Copy)]
            struct $kind;
            impl Compare for $kind {
                const NAME: &'static str = stringify!($name);
                #[inline(always)]
                fn f<T: Num>($x: T, $y: T) -> bool {
                    $value
                }
            }
        )*
        impl Tensor {$(
            $(#[$doc])*
            ///
            /// # Panics
            /// If the shapes do not broadcast.
            #[track_caller]
            pub fn $name(&self, y: &Tensor) -> Tensor {
                compare(self, y, $kind)
            }

            $(#[$doc])*
            /// Here `y` is one number; beside integers, one that their type does not
            /// hold wraps around, as in torch.
            #[track_caller]
            pub fn $scalar(&self, y: impl Into<Scalar>) -> Tensor {
                let y = y.into();
                let dtype = y.promote_with(self.dtype);
                compare(&self.to_dtype(dtype), &y.to_tensor(dtype), $kind)
            }
        )*}
    };
}

comparisons! {
    /// Where `x = y`.
    Eq eq eq_scalar |x, y| x == y;
    /// Where `x ≠ y`.
    Ne ne ne_scalar |x, y| x != y;
    /// Where `x < y`.
    Lt lt lt_scalar |x, y| x < y;
    /// Where `x ≤ y`.
    Le le le_scalar |x, y| x <= y;
    /// Where `x > y`.
    Gt gt gt_scalar |x, y| x > y;
    /// Where `x ≥ y`.
    Ge ge ge_scalar |x, y| x >= y;
}

#[track_caller]
fn logic(op: &str, a: &Tensor, b: &Tensor, k: impl Op2<u8, u8>) -> Tensor {
    zip::<u8, u8>(op, &a.to_dtype(DType::Bool), &b.to_dtype(DType::Bool), DType::Bool, k)
}

impl Tensor {
    /// Where neither is 0.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn logical_and(&self, y: &Tensor) -> Tensor {
        logic("logical_and", self, y, |x, y| x & y)
    }

    /// Where one of the two, or both, is not 0.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn logical_or(&self, y: &Tensor) -> Tensor {
        logic("logical_or", self, y, |x, y| x | y)
    }

    /// Where exactly one of the two is not 0.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn logical_xor(&self, y: &Tensor) -> Tensor {
        logic("logical_xor", self, y, |x, y| x ^ y)
    }

    /// Where `x` is 0.
    pub fn logical_not(&self) -> Tensor {
        self.to_dtype(DType::Bool).map_with::<u8, u8>(DType::Bool, |x| 1 - x)
    }
}
