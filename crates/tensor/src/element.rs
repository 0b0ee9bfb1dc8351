use std::fmt::Debug;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

use bytemuck::Pod;
use half::{bf16, f16};

use crate::DType;
use crate::convert::Cast;
use crate::kernels::math::Math;

/// Keeps the list of elements closed: a foreign one could claim a dtype whose memory it does not respect.
pub trait Sealed {}

/// A Rust type that a tensor can hold: `f32`, `f64`, `f16`, `bf16`, the integers of 8 to 64 bits, and `bool`.
pub trait Element: Sealed + Copy + Debug + PartialEq + Send + Sync + 'static {
    /// The dtype of a tensor of these.
    const DTYPE: DType;
    /// What lies in memory: the type itself, but a byte of 0 or 1 for `bool`.
    type Repr: Pod + Send + Sync;
    /// Reads an element from memory.
    fn from_repr(x: Self::Repr) -> Self;
    /// Writes an element to memory.
    fn into_repr(self) -> Self::Repr;
}

macro_rules! element {
    ($($t:ty => $dtype:ident),*) => {$(
        impl Sealed for $t {}
        impl Element for $t {
            const DTYPE: DType = DType::$dtype;
            type Repr = $t;
            #[inline(always)]
            fn from_repr(x: $t) -> $t {
                x
            }
            #[inline(always)]
            fn into_repr(self) -> $t {
                self
            }
        }
    )*};
}
element!(f32 => F32, f64 => F64, f16 => F16, bf16 => BF16, i64 => I64, i32 => I32, i16 => I16, i8 => I8, u64 => U64, u32 => U32, u16 => U16, u8 => U8);

impl Sealed for bool {}

impl Element for bool {
    const DTYPE: DType = DType::Bool;
    type Repr = u8;
    #[inline(always)]
    fn from_repr(x: u8) -> bool {
        x != 0
    }
    #[inline(always)]
    fn into_repr(self) -> u8 {
        u8::from(self)
    }
}

/// An element whose slices can be lent as they lie in memory: every [`Element`] but `bool`.
pub trait Plain: Element<Repr = Self> + Pod {}
impl<T: Element<Repr = T> + Pod> Plain for T {}

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
    fn neg(self) -> Self;
    fn abs(self) -> Self;
    /// As [`Tensor::to_dtype`](crate::Tensor::to_dtype) converts.
    fn from_f64(x: f64) -> Self;
    fn to_f64(self) -> f64;
    fn from_i64(x: i64) -> Self;
    fn is_nan(self) -> bool;
}

macro_rules! float_num {
    ($($t:ty),*) => {$(
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
float_num!(f32, f64);

macro_rules! integer_num {
    ($($t:ty),*) => {$(
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
integer_num!(i64, i32, i16, i8, u8);

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

macro_rules! float {
    ($($t:ty),*) => {$(
        impl Float for $t {
            #[inline(always)]
            fn exp(self) -> Self { Math::exp(self) }
            #[inline(always)]
            fn ln(self) -> Self { Math::ln(self) }
            #[inline(always)]
            fn ln_1p(self) -> Self { Math::ln_1p(self) }
            #[inline(always)]
            fn exp_m1(self) -> Self { Math::exp_m1(self) }
            #[inline(always)]
            fn sqrt(self) -> Self { self.sqrt() }
            #[inline(always)]
            fn tanh(self) -> Self { Math::tanh(self) }
            #[inline(always)]
            fn sigmoid(self) -> Self { Math::sigmoid(self) }
            #[inline(always)]
            fn erf(self) -> Self { Math::erf(self) }
            #[inline(always)]
            fn sin(self) -> Self { self.sin() }
            #[inline(always)]
            fn cos(self) -> Self { self.cos() }
            #[inline(always)]
            fn powf(self, y: Self) -> Self { self.powf(y) }
            #[inline(always)]
            fn powi(self, n: i32) -> Self { self.powi(n) }
            #[inline(always)]
            fn floor(self) -> Self { self.floor() }
            #[inline(always)]
            fn ceil(self) -> Self { self.ceil() }
            #[inline(always)]
            fn round(self) -> Self { self.round_ties_even() }
            #[inline(always)]
            fn trunc(self) -> Self { self.trunc() }
        }
    )*};
}
float!(f32, f64);
