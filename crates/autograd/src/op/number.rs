//! The numbers of elementwise rules: the elements of a loop, or variables where every step is to be
//! recorded.

use std::ops::{Add, Div, Mul, Neg, Sub};

use tensor::{Float, Map2, Tensor};

use crate::Variable;

/// A number of an elementwise rule: an `f32` or `f64` inside a loop over tensors, a [`Variable`] where the
/// rule is recorded.
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
    fn ln(self) -> Self;
    fn sqrt(self) -> Self;
    fn sin(self) -> Self;
    fn cos(self) -> Self;
    fn tanh(self) -> Self;
    fn sigmoid(self) -> Self;
    fn erf(self) -> Self;
    fn powf(self, p: f64) -> Self;

    /// `x < c`; false for NaN, as the other three.
    fn lt(&self, c: f64) -> Self::Mask;
    fn le(&self, c: f64) -> Self::Mask;
    fn gt(&self, c: f64) -> Self::Mask;
    fn ge(&self, c: f64) -> Self::Mask;
    fn and(a: Self::Mask, b: Self::Mask) -> Self::Mask;
    fn or(a: Self::Mask, b: Self::Mask) -> Self::Mask;
    /// `yes` where the mask holds, else `no`.
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;
}

/// A function of two numbers.
#[doc(hidden)]
pub trait Function2: Copy + Send + Sync {
    fn f<N: Number>(self, x: N, y: N) -> N;
}

/// A function of numbers as the loops over tensors take it.
#[derive(Clone, Copy)]
pub(crate) struct OnFloats<F>(pub(crate) F);

impl<F: Function2> Map2 for OnFloats<F> {
    #[inline(always)]
    fn f<T: Float>(self, x: T, y: T) -> T {
        self.0.f(x, y)
    }
}

macro_rules! functions {
    ($($name:ident)*) => {$(
        #[inline(always)]
        fn $name(self) -> Self {
            Float::$name(self)
        }
    )*};
}

impl<T: Float> Number for T {
    type Mask = bool;

    #[inline(always)]
    fn like(&self, c: f64) -> T {
        T::from_f64(c)
    }

    functions!(exp ln sqrt sin cos tanh sigmoid erf);

    #[inline(always)]
    fn powf(self, p: f64) -> T {
        Float::powf(self, T::from_f64(p))
    }

    #[inline(always)]
    fn lt(&self, c: f64) -> bool {
        *self < T::from_f64(c)
    }
    #[inline(always)]
    fn le(&self, c: f64) -> bool {
        *self <= T::from_f64(c)
    }
    #[inline(always)]
    fn gt(&self, c: f64) -> bool {
        *self > T::from_f64(c)
    }
    #[inline(always)]
    fn ge(&self, c: f64) -> bool {
        *self >= T::from_f64(c)
    }
    #[inline(always)]
    fn and(a: bool, b: bool) -> bool {
        a && b
    }
    #[inline(always)]
    fn or(a: bool, b: bool) -> bool {
        a || b
    }
    #[inline(always)]
    fn select(mask: bool, yes: T, no: T) -> T {
        if mask { yes } else { no }
    }
}

macro_rules! recorded {
    ($($name:ident $method:ident)*) => {$(
        fn $name(self) -> Self {
            Variable::$method(&self)
        }
    )*};
}

macro_rules! compared {
    ($($name:ident $method:ident)*) => {$(
        fn $name(&self, c: f64) -> Tensor {
            self.data().$method(c)
        }
    )*};
}

impl Number for Variable {
    type Mask = Tensor;

    fn like(&self, c: f64) -> Variable {
        Variable::new(self.data().full_like(c))
    }

    recorded!(exp exp ln log sqrt sqrt sin sin cos cos tanh tanh sigmoid sigmoid erf erf);

    fn powf(self, p: f64) -> Variable {
        Variable::powf(&self, p)
    }

    compared!(lt lt_scalar le le_scalar gt gt_scalar ge ge_scalar);

    fn and(a: Tensor, b: Tensor) -> Tensor {
        a.logical_and(&b)
    }

    fn or(a: Tensor, b: Tensor) -> Tensor {
        a.logical_or(&b)
    }

    fn select(mask: Tensor, yes: Variable, no: Variable) -> Variable {
        yes.where_(&mask, &no)
    }
}
