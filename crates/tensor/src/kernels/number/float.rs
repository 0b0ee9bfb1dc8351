use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

use super::Num;
use crate::dtypes;
use crate::kernels::erfinv::erfinv;
use crate::kernels::gamma::Gamma;
use crate::kernels::math::Math;

/// A floating-point element that is computed with: `f32` or `f64`.
#[allow(missing_docs)] // the usual functions
pub trait Float:
    Num
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
{
    /// The distance from 1 to the next larger number.
    const EPSILON: Self;
    /// The smallest positive number that is not subnormal.
    const MIN_POSITIVE: Self;
    fn exp(self) -> Self;
    fn ln(self) -> Self;
    fn ln_1p(self) -> Self;
    fn exp_m1(self) -> Self;
    fn sqrt(self) -> Self;
    fn tanh(self) -> Self;
    fn sin(self) -> Self;
    fn cos(self) -> Self;
    fn powf(self, y: Self) -> Self;
    fn powi(self, n: i32) -> Self;
    fn floor(self) -> Self;
    fn ceil(self) -> Self;
    /// To the nearest integer, halves to the even one, as torch rounds.
    fn round(self) -> Self;
    fn trunc(self) -> Self;
    /// `1 / (1 + e⁻ˣ)`.
    fn sigmoid(self) -> Self;
    /// The error function.
    fn erf(self) -> Self;
    /// The inverse of the error function.
    fn erfinv(self) -> Self;
    /// The logarithm of the gamma function's magnitude.
    fn lgamma(self) -> Self;
    /// The derivative of that logarithm.
    fn digamma(self) -> Self;
    /// Its derivative of order `n + 1`.
    fn polygamma(self, n: u32) -> Self;
    /// `self·a + b`, rounded once, as torch computes `add(…, alpha)`, `addcmul` and `lerp`.
    ///
    /// One instruction with AVX2, AVX-512 or NEON; a correct but slow library call on the portable set.
    fn mul_add(self, a: Self, b: Self) -> Self;
}

macro_rules! floats {
    (() Float { $($D:ident: $t:ty = $name:literal),* } $($others:tt)*) => {$(
        impl Float for $t {
            const EPSILON: Self = Self::EPSILON;
            const MIN_POSITIVE: Self = Self::MIN_POSITIVE;
            functions! {
                Math: exp ln ln_1p exp_m1 tanh sigmoid erf;
                Gamma: lgamma digamma;
                Self: sqrt sin cos floor ceil trunc;
            }
            #[inline(always)]
            fn round(self) -> Self {
                self.round_ties_even()
            }
            #[inline(always)]
            fn powf(self, y: Self) -> Self {
                self.powf(y)
            }
            #[inline(always)]
            fn powi(self, n: i32) -> Self {
                self.powi(n)
            }
            #[inline(always)]
            fn erfinv(self) -> Self {
                erfinv(self.into()) as $t
            }
            #[inline(always)]
            fn polygamma(self, n: u32) -> Self {
                Gamma::polygamma(self, n)
            }
            #[inline(always)]
            fn mul_add(self, a: Self, b: Self) -> Self {
                self.mul_add(a, b)
            }
        }
    )*};
}

/// Functions by their names: the vectorised ones of [`Math`], and the standard library's.
macro_rules! functions {
    ($($of:ident: $($name:ident)*;)*) => {$($(
        #[inline(always)]
        fn $name(self) -> Self {
            $of::$name(self)
        }
    )*)*};
}

dtypes! { [floats] () }
