use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

use super::Num;
use crate::dtypes;
use crate::kernels::bessel;
use crate::kernels::erfc::erfcx;
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
    /// The largest number.
    const MAX: Self;
    fn exp(self) -> Self;
    fn ln(self) -> Self;
    fn ln_1p(self) -> Self;
    fn exp_m1(self) -> Self;
    fn sqrt(self) -> Self;
    fn tanh(self) -> Self;
    fn sin(self) -> Self;
    fn cos(self) -> Self;
    fn sinh(self) -> Self;
    fn cosh(self) -> Self;
    /// `2ˣ`.
    fn exp2(self) -> Self;
    /// The magnitude of `self` with the sign of `y`.
    fn copysign(self, y: Self) -> Self;
    /// The next number on the way to `y`.
    fn next_after(self, y: Self) -> Self;
    fn powf(self, y: Self) -> Self;
    fn powi(self, n: i32) -> Self;
    fn floor(self) -> Self;
    fn ceil(self) -> Self;
    /// To the nearest integer, halves to the even one, as torch rounds.
    fn round(self) -> Self;
    fn trunc(self) -> Self;
    /// `eˣ` inside another function: torch has another one for an element `alone` than for those that fill
    /// vectors ([`Math::exp_at`]).
    fn exp_at(self, alone: bool) -> Self;
    fn exp_m1_at(self, alone: bool) -> Self;
    fn ln_1p_at(self, alone: bool) -> Self;
    /// `ln x` of the C library.
    fn ln_alone(self) -> Self;
    /// `1 / (1 + e⁻ˣ)`.
    fn sigmoid_at(self, alone: bool) -> Self;
    /// `1 / (1 + e⁻ˣ)`, as in vectors.
    #[inline(always)]
    fn sigmoid(self) -> Self {
        self.sigmoid_at(false)
    }
    /// The error function.
    fn erf(self) -> Self;
    /// See [`Math::erf_inside`].
    fn erf_inside(self) -> Self;
    /// `e^(x²)·(1 − erf(x))`.
    fn erfcx(self) -> Self;
    /// The inverse of the error function.
    fn erfinv(self) -> Self;
    /// The modified Bessel functions of the orders 0 and 1; with `e` times `e^(−|x|)`.
    fn i0(self) -> Self;
    fn i0e(self) -> Self;
    fn i1(self) -> Self;
    fn i1e(self) -> Self;
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
            const MAX: Self = Self::MAX;
            functions! {
                Math: exp ln ln_1p exp_m1 tanh erf erf_inside ln_alone;
                Gamma: lgamma digamma;
                Self: sqrt sin cos floor ceil trunc;
            }
            nearest! { $t: sinh cosh exp2 }
            #[inline(always)]
            fn exp_at(self, alone: bool) -> Self {
                Math::exp_at(self, alone)
            }
            #[inline(always)]
            fn exp_m1_at(self, alone: bool) -> Self {
                Math::exp_m1_at(self, alone)
            }
            #[inline(always)]
            fn ln_1p_at(self, alone: bool) -> Self {
                Math::ln_1p_at(self, alone)
            }
            #[inline(always)]
            fn sigmoid_at(self, alone: bool) -> Self {
                Math::sigmoid_at(self, alone)
            }
            #[inline(always)]
            fn round(self) -> Self {
                self.round_ties_even()
            }
            #[inline(always)]
            fn copysign(self, y: Self) -> Self {
                self.copysign(y)
            }
            #[inline(always)]
            fn next_after(self, y: Self) -> Self {
                if self < y {
                    self.next_up()
                } else if self > y {
                    self.next_down()
                } else if self == y {
                    y
                } else {
                    self + y // NaN
                }
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
            fn erfcx(self) -> Self {
                erfcx(self.into()) as $t
            }
            #[inline(always)]
            fn erfinv(self) -> Self {
                erfinv(self.into()) as $t
            }
            bessels! { $t: i0 i0e i1 i1e }
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

/// Functions of the standard library in double precision, whose results round to the nearest number.
macro_rules! nearest {
    ($t:ty: $($name:ident)*) => {$(
        #[inline(always)]
        fn $name(self) -> Self {
            f64::from(self).$name() as $t
        }
    )*};
}

/// Functions of [`bessel`], in double precision.
macro_rules! bessels {
    ($t:ty: $($name:ident)*) => {$(
        #[inline(always)]
        fn $name(self) -> Self {
            bessel::$name(self.into()) as $t
        }
    )*};
}

dtypes! { [floats] () }
