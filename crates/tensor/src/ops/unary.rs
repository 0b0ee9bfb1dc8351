//! Elementwise functions of one tensor. Where a function has no integer form, integers become `F32` first.

use super::map::Map;
use crate::dispatch::by_num;
use crate::error::not_computable;
use crate::{DType, Float, Num, Tensor};

macro_rules! float_functions {
    ($($(#[$doc:meta])* $kind:ident $name:ident |$x:ident| $value:expr;)*) => {
        $(
            #[derive(Clone, Copy)]
            struct $kind;
            impl Map for $kind {
                #[inline(always)]
                fn f<T: Float>(self, $x: T) -> T {
                    $value
                }
            }
        )*
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
    /// The largest integer not above `x`.
    Floor floor |x| x.floor();
    /// The smallest integer not below `x`.
    Ceil ceil |x| x.ceil();
    /// The nearest integer, halves to the even one.
    Round round |x| x.round();
    /// The integer next to `x` on the side of 0.
    Trunc trunc |x| x.trunc();
}

/// A function that integers have too.
trait NumMap: Copy + Sync {
    const NAME: &'static str;
    fn f<T: Num>(self, x: T) -> T;
}

macro_rules! number_functions {
    ($($(#[$doc:meta])* $kind:ident $name:ident |$x:ident| $value:expr;)*) => {
        $(
            #[derive(Clone, Copy)]
            struct $kind;
            impl NumMap for $kind {
                const NAME: &'static str = stringify!($name);
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
                number_map(self, $kind)
            }
        )*}
    };
}

#[track_caller]
fn number_map<M: NumMap + Map>(x: &Tensor, f: M) -> Tensor {
    match x.dtype {
        DType::Bool => not_computable(M::NAME, x),
        dtype if dtype.is_float() => x.map(f),
        dtype => by_num!(M::NAME, x, T => x.map_with(dtype, |x: T| NumMap::f(f, x))),
    }
}

number_functions! {
    /// `−x`.
    Neg neg |x| x.neg();
    /// `|x|`.
    Abs abs |x| x.abs();
    /// `x²`.
    Square square |x| x.mul(x);
    /// `max(x, 0)`; NaN stays NaN.
    Relu relu |x| if x > T::ZERO || x.is_nan() { x } else { T::ZERO };
    /// −1, 0 or 1 by the sign of `x`.
    Sign sign |x| if x > T::ZERO { T::ONE } else if x < T::ZERO { T::ONE.neg() } else { T::ZERO };
}

impl Tensor {
    /// `x` kept between `min` and `max`; either may be absent. NaN stays NaN.
    ///
    /// ```
    /// let x = tensor::Tensor::from([-2.0f32, 0.5, 3.0]);
    /// assert_eq!(x.clamp(Some(0.0), Some(1.0)).to_vec::<f32>(), [0.0, 0.5, 1.0]);
    /// ```
    ///
    /// # Panics
    /// If both are absent.
    #[track_caller]
    pub fn clamp(&self, min: Option<f64>, max: Option<f64>) -> Tensor {
        assert!(min.is_some() || max.is_some(), "clamp: at least one of min and max must be given");
        number_map(self, Clamp { min, max })
    }

    /// Where `x` is NaN, as `Bool`.
    pub fn isnan(&self) -> Tensor {
        Tensor::ne(self, self)
    }
}

#[derive(Clone, Copy)]
struct Clamp {
    min: Option<f64>,
    max: Option<f64>,
}

impl NumMap for Clamp {
    const NAME: &'static str = "clamp";
    #[inline(always)]
    fn f<T: Num>(self, x: T) -> T {
        let x = match self.min {
            Some(min) if x < T::from_f64(min) => T::from_f64(min),
            _ => x,
        };
        match self.max {
            Some(max) if x > T::from_f64(max) => T::from_f64(max),
            _ => x,
        }
    }
}

impl Map for Clamp {
    #[inline(always)]
    fn f<T: Float>(self, x: T) -> T {
        NumMap::f(self, x)
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
        assert_eq!(x.clamp(Some(0.0), None).to_vec::<i64>(), [0, 0, 4]);
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
