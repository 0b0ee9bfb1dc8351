//! Numbers as kernels see them: what can be computed with an element, without a tensor around it.

mod cast;
mod float;
mod fold;

pub(crate) use cast::Cast;
pub use float::Float;
pub(crate) use fold::{Fold, Max, Min, Prod, Sum};

use crate::{Plain, dtypes};

/// A number that arithmetic is defined on: `f32`, `f64`, `i64`, `i32`, `i16`, `i8`, `u8`.
/// Integers wrap around, as in torch.
#[allow(missing_docs)] // the usual arithmetic
pub trait Num: Plain + PartialOrd {
    const ZERO: Self;
    const ONE: Self;
    /// The lowest value: −∞ for floats.
    const LOWEST: Self;
    /// The highest value: +∞ for floats.
    const HIGHEST: Self;
    fn add(self, y: Self) -> Self;
    fn sub(self, y: Self) -> Self;
    fn mul(self, y: Self) -> Self;
    /// `x / y`; for integers cut towards zero, and 0 where `y` is 0.
    fn div(self, y: Self) -> Self;
    /// `x / y`, cut towards zero.
    #[inline(always)]
    fn trunc_div(self, y: Self) -> Self {
        self.div(y)
    }
    /// What [`Num::trunc_div`] leaves of `x`, with the sign of `x`.
    #[inline(always)]
    fn rem(self, y: Self) -> Self {
        self.sub(y.mul(self.trunc_div(y)))
    }
    /// What [`Num::floor_div`] leaves of `x`, with the sign of `y`.
    #[inline(always)]
    fn modulo(self, y: Self) -> Self {
        let rest = self.rem(y);
        if rest != Self::ZERO && (rest < Self::ZERO) != (y < Self::ZERO) { rest.add(y) } else { rest }
    }
    /// `x / y`, rounded down.
    #[inline(always)]
    fn floor_div(self, y: Self) -> Self {
        let whole = self.trunc_div(y);
        if self.rem(y) == self.modulo(y) { whole } else { whole.sub(Self::ONE) }
    }
    fn neg(self) -> Self;
    fn abs(self) -> Self;
    /// As [`Tensor::to_dtype`](crate::Tensor::to_dtype) converts.
    fn from_f64(x: f64) -> Self;
    fn to_f64(self) -> f64;
    fn from_i64(x: i64) -> Self;
    fn is_nan(self) -> bool;
    /// The larger of the two; NaN if either is.
    #[inline(always)]
    fn maximum(self, y: Self) -> Self {
        if self > y || self.is_nan() { self } else { y }
    }
    /// The smaller of the two; NaN if either is.
    #[inline(always)]
    fn minimum(self, y: Self) -> Self {
        if self < y || self.is_nan() { self } else { y }
    }
}

macro_rules! float_num {
    ({ $($D:ident: $t:ty = $name:literal),* }) => {$(
        impl Num for $t {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const LOWEST: Self = Self::NEG_INFINITY;
            const HIGHEST: Self = Self::INFINITY;
            #[inline(always)]
            fn add(self, y: Self) -> Self { self + y }
            #[inline(always)]
            fn sub(self, y: Self) -> Self { self - y }
            #[inline(always)]
            fn mul(self, y: Self) -> Self { self * y }
            #[inline(always)]
            fn div(self, y: Self) -> Self { self / y }
            #[inline(always)]
            fn rem(self, y: Self) -> Self { self % y }
            #[inline(always)]
            fn trunc_div(self, y: Self) -> Self { (self / y).trunc() }
            /// As Python divides: of the whole part, which the remainder leaves exact.
            fn floor_div(self, y: Self) -> Self {
                if y == 0.0 {
                    return self / y;
                }
                let rest = self % y;
                let below = rest != 0.0 && (rest < 0.0) != (y < 0.0);
                let whole = (self - rest) / y - if below { 1.0 } else { 0.0 };
                if whole == 0.0 {
                    return Self::copysign(0.0, self / y);
                }
                let down = whole.floor();
                if whole - down > 0.5 { down + 1.0 } else { down }
            }
            #[inline(always)]
            fn neg(self) -> Self { -self }
            #[inline(always)]
            fn abs(self) -> Self { self.abs() }
            #[inline(always)]
            fn from_f64(x: f64) -> Self { x as Self }
            #[inline(always)]
            fn to_f64(self) -> f64 { self as f64 }
            #[inline(always)]
            fn from_i64(x: i64) -> Self { x as Self }
            #[inline(always)]
            fn is_nan(self) -> bool { self != self }
        }
    )*};
}
macro_rules! integer_num {
    ({ $($D:ident: $t:ty = $name:literal),* }) => {$(
        impl Num for $t {
            const ZERO: Self = 0;
            const ONE: Self = 1;
            const LOWEST: Self = Self::MIN;
            const HIGHEST: Self = Self::MAX;
            #[inline(always)]
            fn add(self, y: Self) -> Self { self.wrapping_add(y) }
            #[inline(always)]
            fn sub(self, y: Self) -> Self { self.wrapping_sub(y) }
            #[inline(always)]
            fn mul(self, y: Self) -> Self { self.wrapping_mul(y) }
            #[inline(always)]
            fn div(self, y: Self) -> Self { if y == 0 { 0 } else { self.wrapping_div(y) } }
            #[inline(always)]
            fn neg(self) -> Self { self.wrapping_neg() }
            #[inline(always)]
            #[allow(unused_comparisons)]
            fn abs(self) -> Self { if self < 0 { self.wrapping_neg() } else { self } }
            #[inline(always)]
            fn from_f64(x: f64) -> Self { x.cast() }
            #[inline(always)]
            fn to_f64(self) -> f64 { self as f64 }
            #[inline(always)]
            fn from_i64(x: i64) -> Self { x as Self }
            #[inline(always)]
            fn is_nan(self) -> bool { false }
        }
    )*};
}
macro_rules! numbers {
    (() Float $floats:tt Half $halves:tt Integer $integers:tt $($others:tt)*) => {
        float_num! { $floats }
        integer_num! { $integers }
    };
}
dtypes! { [numbers] () }
