use std::ops::{Add, Div, Mul, Neg, Sub};

use super::pow::PowF;
use crate::{Float, Map};

/// A number of an elementwise rule: an `f32` or `f64` inside a loop over tensors, a variable where the rule
/// is recorded.
///
/// A rule over numbers has no branches but [`Number::select`], of which both sides are computed.
#[allow(missing_docs)] // the usual functions
pub trait Number:
    Clone + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> + Neg<Output = Self>
{
    /// A yes or no for each element.
    type Mask: Clone;

    /// A constant of the same type and precision.
    fn like(&self, c: f64) -> Self;
    fn exp(self) -> Self;
    /// `eˣ` inside another function, for an element that fills a vector with others or is `alone`: see
    /// [`Elementwise::gradient_alone`](crate::Elementwise::gradient_alone).
    fn exp_at(self, alone: bool) -> Self;
    fn ln(self) -> Self;
    fn ln_1p(self) -> Self;
    fn sin(self) -> Self;
    fn cos(self) -> Self;
    fn sinh(self) -> Self;
    fn cosh(self) -> Self;
    fn tanh(self) -> Self;
    fn sigmoid_at(self, alone: bool) -> Self;
    fn sigmoid(self) -> Self;
    fn erf(self) -> Self;
    /// `erf` inside another function, in `f32` within 2 units in the last place.
    fn erf_inside(self) -> Self;
    fn erfcx(self) -> Self;
    fn i0(self) -> Self;
    fn i0e(self) -> Self;
    fn i1(self) -> Self;
    fn i1e(self) -> Self;
    /// `self·a + b`, rounded once where it is a number.
    fn mul_add(self, a: Self, b: Self) -> Self;
    fn digamma(self) -> Self;
    fn polygamma(self, n: u32) -> Self;
    /// By [`PowF`], which takes roots and small powers directly, as torch does: a root of −∞ is NaN, unlike
    /// its power ½.
    fn powf(self, p: f64) -> Self;

    /// `x < c`; false for NaN, as the other three.
    fn lt(&self, c: f64) -> Self::Mask;
    fn le(&self, c: f64) -> Self::Mask;
    fn gt(&self, c: f64) -> Self::Mask;
    fn ge(&self, c: f64) -> Self::Mask;
    fn or(a: Self::Mask, b: Self::Mask) -> Self::Mask;
    /// `yes` where the mask holds, else `no`.
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;
}

macro_rules! functions {
    ($($name:ident)*) => {$(
        #[inline(always)]
        fn $name(self) -> Self {
            Float::$name(self)
        }
    )*};
}

macro_rules! compared {
    ($($name:ident $op:tt)*) => {$(
        #[inline(always)]
        fn $name(&self, c: f64) -> bool {
            *self $op T::from_f64(c)
        }
    )*};
}

impl<T: Float> Number for T {
    type Mask = bool;

    #[inline(always)]
    fn like(&self, c: f64) -> T {
        T::from_f64(c)
    }

    functions!(exp ln ln_1p sin cos sinh cosh tanh sigmoid erf erf_inside erfcx i0 i0e i1 i1e digamma);

    #[inline(always)]
    fn polygamma(self, n: u32) -> T {
        Float::polygamma(self, n)
    }

    #[inline(always)]
    fn mul_add(self, a: T, b: T) -> T {
        Float::mul_add(self, a, b)
    }

    #[inline(always)]
    fn exp_at(self, alone: bool) -> Self {
        Float::exp_at(self, alone)
    }

    #[inline(always)]
    fn sigmoid_at(self, alone: bool) -> Self {
        Float::sigmoid_at(self, alone)
    }

    /// Out of line, as the general power is: the loop around it then stays a loop over `x + x` for squares.
    #[inline(never)]
    fn powf(self, p: f64) -> T {
        PowF { exponent: p }.f(self)
    }

    compared!(lt < le <= gt > ge >=);

    #[inline(always)]
    fn or(a: bool, b: bool) -> bool {
        a || b
    }

    #[inline(always)]
    fn select(mask: bool, yes: T, no: T) -> T {
        if mask { yes } else { no }
    }
}
