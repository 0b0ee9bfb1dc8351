//! Elementwise functions of one tensor. Where a function has no integer form, integers become `F32` first.

use crate::dispatch::by_integer;
use crate::error::not_computable;
use crate::ops::map::Map;
use crate::{DType, Float, Num, Tensor};

macro_rules! maps {
    ($($kind:ident |$x:ident| $value:expr;)*) => {$(
        #[derive(Clone, Copy)]
        struct $kind;
        impl Map for $kind {
            #[inline(always)]
            fn f<T: Float>(self, $x: T) -> T {
                $value
            }
        }
    )*};
}

macro_rules! float_functions {
    ($($(#[$doc:meta])* $kind:ident $name:ident |$x:ident| $value:expr;)*) => {
        maps! { $($kind |$x| $value;)* }
        impl Tensor {$(
            $(#[$doc])*
            #[track_caller]
            pub fn $name(&self) -> Tensor {
                self.map($kind)
            }
        )*}
    };
}

float_functions! {
    /// `eˣ`.
    Exp exp |x| x.exp();
    /// `eˣ − 1`, exact near 0.
    ExpM1 expm1 |x| x.exp_m1();
    /// The natural logarithm; −∞ at 0, NaN below.
    Log log |x| x.ln();
    /// `ln(1 + x)`, exact near 0.
    Log1p log1p |x| x.ln_1p();
    /// `√x`; NaN below 0.
    Sqrt sqrt |x| x.sqrt();
    /// `1 / √x`.
    Rsqrt rsqrt |x| T::ONE / x.sqrt();
    /// `1 / x`.
    Reciprocal reciprocal |x| T::ONE / x;
    /// The hyperbolic tangent.
    Tanh tanh |x| x.tanh();
    /// `1 / (1 + e⁻ˣ)`.
    Sigmoid sigmoid |x| x.sigmoid();
    /// The error function, `2/√π ∫₀ˣ e^(−t²) dt`.
    Erf erf |x| x.erf();
    /// The sine of `x` radians.
    Sin sin |x| x.sin();
    /// The cosine of `x` radians.
    Cos cos |x| x.cos();
}

/// Functions that leave integers as they are.
macro_rules! rounding_functions {
    ($($(#[$doc:meta])* $kind:ident $name:ident |$x:ident| $value:expr;)*) => {
        maps! { $($kind |$x| $value;)* }
        impl Tensor {$(
            $(#[$doc])*
            ///
            /// # Panics
            /// On `Bool`.
            #[track_caller]
            pub fn $name(&self) -> Tensor {
                match self.dtype {
                    dtype if dtype.is_float() => self.map($kind),
                    dtype if dtype.is_computed() && dtype != DType::Bool => self.clone(),
                    _ => not_computable(stringify!($name), self),
                }
            }
        )*}
    };
}

rounding_functions! {
    /// The largest integer not above `x`; integers stay what they are.
    Floor floor |x| x.floor();
    /// The smallest integer not below `x`; integers stay what they are.
    Ceil ceil |x| x.ceil();
    /// The nearest integer, halves to the even one; integers stay what they are.
    Round round |x| x.round();
    /// The integer next to `x` on the side of 0; integers stay what they are.
    Trunc trunc |x| x.trunc();
}

/// A function that integers have too.
trait NumMap: Copy + Sync {
    fn f<T: Num>(self, x: T) -> T;
}

/// The value for numbers, and the tensor that a `Bool` one becomes.
macro_rules! number_functions {
    ($($(#[$doc:meta])* $kind:ident $name:ident |$x:ident| $value:expr, of Bool |$b:ident| $of_bool:expr;)*) => {
        $(
            #[derive(Clone, Copy)]
            struct $kind;
            impl NumMap for $kind {
                #[inline(always)]
                fn f<T: Num>(self, $x: T) -> T {
                    $value
                }
            }
            impl Map for $kind {
                #[inline(always)]
                fn f<T: Float>(self, x: T) -> T {
                    NumMap::f(self, x)
                }
            }
        )*
        impl Tensor {$(
            $(#[$doc])*
            #[track_caller]
            pub fn $name(&self) -> Tensor {
                match self.dtype {
                    DType::Bool => {
                        let $b = self;
                        $of_bool
                    }
                    dtype if dtype.is_float() => self.map($kind),
                    dtype => by_integer!(stringify!($name), self, T => {
                        self.map_with(dtype, |x: T| NumMap::f($kind, x))
                    }),
                }
            }
        )*}
    };
}

number_functions! {
    /// `−x`. Integers wrap around.
    ///
    /// # Panics
    /// On `Bool`.
    Neg neg |x| x.neg(), of Bool |x| bool_negation(x);
    /// `|x|`. Integers wrap around.
    ///
    /// # Panics
    /// On `Bool`.
    Abs abs |x| x.abs(), of Bool |x| not_computable("abs", x);
    /// `x²`. Integers wrap around; a `Bool` gives `I64`.
    Square square |x| x.mul(x), of Bool |x| x.to_dtype(DType::I64);
    /// `max(x, 0)`; NaN and −0 stay what they are.
    ///
    /// # Panics
    /// On `Bool`.
    Relu relu |x| if x < T::ZERO { T::ZERO } else { x }, of Bool |x| not_computable("relu", x);
    /// −1, 0 or 1 by the sign of `x`; a `Bool` stays what it is.
    Sign sign |x| if x > T::ZERO { T::ONE } else if x < T::ZERO { T::ONE.neg() } else { T::ZERO }, of Bool |x| x.clone();
}

#[cold]
#[track_caller]
fn bool_negation(x: &Tensor) -> Tensor {
    panic!(
        "neg: Negation, the `-` operator, on a bool tensor is not supported (shape {:?}). If you are trying to invert a \
         mask, use the `logical_not()` method instead.",
        x.shape()
    )
}

impl Tensor {
    /// Where `x` is NaN, as `Bool`.
    pub fn isnan(&self) -> Tensor {
        Tensor::ne(self, self)
    }
}

#[cfg(test)]
mod tests {
    use crate::{DType, Tensor};

    #[test]
    fn integers_become_floats_only_where_they_must() {
        let x = Tensor::from([-1i64, 0, 4]);
        assert_eq!(x.abs().to_vec::<i64>(), [1, 0, 4]);
        assert_eq!(x.relu().to_vec::<i64>(), [0, 0, 4]);
        assert_eq!(x.sqrt().dtype(), DType::F32);
        assert_eq!(x.clamp(Some(0), None).to_vec::<i64>(), [0, 0, 4]);
    }

    #[test]
    fn nan_survives_relu_clamp_and_maximum() {
        let x = Tensor::from([f32::NAN, -1.0, 1.0]);
        for y in [
            x.relu(),
            x.clamp(Some(0.0), Some(9.0)),
            x.maximum(&Tensor::from(0.0f32)),
            Tensor::from(0.0f32).maximum(&x),
        ] {
            let y = y.to_vec::<f32>();
            assert!(y[0].is_nan() && y[1..] == [0.0, 1.0], "{y:?}");
        }
    }

    #[test]
    fn halves_round_to_even() {
        assert_eq!(Tensor::from([0.5f32, 1.5, -2.5]).round().to_vec::<f32>(), [0.0, 2.0, -2.0]);
    }
}
