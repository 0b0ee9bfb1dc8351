//! The elementwise functions of one tensor, as values that implement [`Elementwise`]: a row of one table
//! each.
//!
//! [`Tensor`] has a method for each, and so has `autograd`'s `Variable`; the methods' documentation says what
//! the function is. [`PowF`], [`Polygamma`], [`Clamp`] and [`Threshold`], whose methods take other arguments,
//! have files of their own; so have [`Logit`] and [`NanToNum`].

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, LN_2, LN_10, PI};

use super::activations::*;
use super::function::{refused, unchanged};
use super::root::root;
use super::trigonometric::{cos, sin};
use super::{Elementwise, Number, Reads};
use crate::dispatch::by_integer;
use crate::error::not_computable;
use crate::kernels::bessel;
use crate::kernels::erfc::{erfc, erfcx};
use crate::kernels::ndtri::{log_ndtr, ndtri};
use crate::{DType, Float, Map, Num, Scalar, Tensor, Value};

pub use super::clamp::Clamp;
pub use super::logit::Logit;
pub use super::nan_to_num::NanToNum;
pub use super::polygamma::Polygamma;
pub use super::pow::PowF;
pub use super::threshold::Threshold;

/// The table of elementwise functions, handed to the macro named: `tensor` makes the functions and the
/// methods of [`Tensor`] of it, `autograd` the methods of `Variable`, tests the checks of every function.
/// Its second part, the activation functions, is in `activations.rs`.
///
/// A row has the documentation; the method's name with its parameters, whose values are torch's defaults; the
/// type; and between braces
/// - the value: `floats` for a function of floats, which integers become first, `doubles` for one of these
///   that is called in double precision for each element, `float_tensors` for one of a whole tensor of them,
///   `only_floats` for one that torch refuses to others, `whole` for one that leaves integers as they are,
///   `numbers` for one that integers have too; and, with `others`, what a tensor becomes that this does not
///   cover; with `refused if`, which parameters are not taken, and in what words;
/// - the gradient of the input, and what it reads: `Input`, `Output` or `Nothing`;
/// - `in blocks` where torch calls other functions for an element that fills no block of vectors: the
///   constant `ALONE` tells which it is; `in steps` where the gradient is not worth a loop of its own, as no
///   gradient of `doubles` is: see [`Elementwise::FUSED`];
/// - where the node's name in a graph is not that of the type, or has attributes: the name and these.
#[doc(hidden)]
#[macro_export]
#[rustfmt::skip] // its indentation would leave the sentences no room
macro_rules! elementwise_functions {
    ($with:ident) => { $crate::activation_functions! { [$with]
        /// `−x`. A `Bool` is refused.
        neg() Neg {
            numbers |x| x.neg(), others |x| bool_negation(x);
            from Nothing |dy| -dy;
        }
        /// `x` itself, as `+x`. A `Bool` is refused.
        positive() Positive {
            numbers |x| x, others |x| not_computable("positive", x);
            from Nothing |dy| dy;
            in steps;
        }
        /// `|x|`; the derivative is the sign of `x`, 0 at 0 and NaN. A `Bool` is refused.
        abs() Abs {
            numbers |x| x.abs(), others |x| not_computable("abs", x);
            from Input |dy, x| dy * sign(&x);
        }
        /// −1, 0 or 1 by the sign of `x`; the derivative is 0. A `Bool` stays what it is.
        sign() Sign {
            numbers |x| if x > T::ZERO { T::ONE } else if x < T::ZERO { T::ONE.neg() } else { T::ZERO },
                others |x| x.clone();
            from Nothing |dy| dy.like(0.0);
        }
        /// `x²`; the derivative is `2x`. A `Bool` becomes `I64`.
        square() Square {
            numbers |x| x.mul(x), others |x| x.to_dtype(DType::I64);
            from Input |dy, x| dy * (x.clone() + x);
            as Pow(exponent = 2.0)
        }
        /// `max(x, 0)`; NaN and −0 stay what they are. The derivative is 1 where `y > 0`, else 0. A `Bool` is
        /// refused.
        relu() Relu {
            numbers |x| if x < T::ZERO { T::ZERO } else { x }, others |x| not_computable("relu", x);
            // A NaN hands its gradient on, as in torch.
            from Output |dy, y| N::select(y.le(0.0), y.like(0.0), dy);
        }
        /// The largest integer not above `x`; the derivative is 0.
        floor() Floor { whole |x| x.floor(); from Nothing |dy| dy.like(0.0); }
        /// The smallest integer not below `x`; the derivative is 0.
        ceil() Ceil { whole |x| x.ceil(); from Nothing |dy| dy.like(0.0); }
        /// The nearest integer, halves to the even one; the derivative is 0.
        round() Round { whole |x| x.round(); from Nothing |dy| dy.like(0.0); }
        /// The integer next to `x` on the side of 0; the derivative is 0.
        trunc() Trunc { whole |x| x.trunc(); from Nothing |dy| dy.like(0.0); }
        /// `eˣ`; the derivative is `y`.
        exp() Exp {
            floats |x| x.exp();
            from Output |dy, y| dy * y;
        }
        /// `eˣ − 1`, exact near 0; the derivative is `y + 1`.
        expm1() Expm1 {
            floats |x| x.exp_m1();
            from Output |dy, y| dy * (y.like(1.0) + y);
        }
        /// The natural logarithm; −∞ at 0, NaN below. The derivative is `1/x`.
        log() Log {
            floats |x| x.ln();
            from Input |dy, x| dy / x;
        }
        /// `ln(1 + x)`, exact near 0; the derivative is `1/(1 + x)`.
        log1p() Log1p {
            floats |x| x.ln_1p();
            from Input |dy, x| dy / (x.like(1.0) + x);
        }
        /// `√x`; NaN below 0. In single precision it is rounded as torch's, where that is off in the last
        /// place, too. The derivative is `1/(2y)`.
        sqrt() Sqrt {
            float_tensors |x| root(x);
            from Output |dy, y| dy / (y.clone() + y);
        }
        /// `1/√x`; the derivative is `−y³/2`.
        rsqrt() Rsqrt {
            floats |x| T::ONE / x.sqrt();
            // In torch's order: a small cube is not lost where `dy` is large.
            from Output |dy, y| y.like(-0.5) * dy * (y.clone() * y.clone() * y);
        }
        /// `1/x`; the derivative is `−y²`.
        reciprocal() Reciprocal {
            floats |x| T::ONE / x;
            from Output |dy, y| dy * -(y.clone() * y);
        }
        /// The sine of `x` radians; the derivative is `cos x`.
        sin() Sin {
            float_tensors |x| sin(x);
            from Input |dy, x| dy * x.cos();
            in steps;
        }
        /// The cosine of `x` radians; the derivative is `−sin x`.
        cos() Cos {
            float_tensors |x| cos(x);
            from Input |dy, x| dy * -x.sin();
            in steps;
        }
        /// The tangent of `x` radians; the derivative is `1 + y²`.
        tan() Tan {
            doubles |x| x.tan();
            from Output |dy, y| dy * (y.like(1.0) + y.clone() * y);
        }
        /// The angle in radians whose cosine is `x`; NaN beyond ±1. The derivative is `−1/√(1 − x²)`.
        acos() Acos {
            doubles |x| x.acos();
            from Input |dy, x| dy * -(-x.clone() * x.clone() + x.like(1.0)).powf(-0.5);
        }
        /// The angle in radians whose sine is `x`; NaN beyond ±1. The derivative is `1/√(1 − x²)`.
        asin() Asin {
            doubles |x| x.asin();
            from Input |dy, x| dy * (-x.clone() * x.clone() + x.like(1.0)).powf(-0.5);
        }
        /// The angle in radians whose tangent is `x`; the derivative is `1/(1 + x²)`.
        atan() Atan {
            doubles |x| x.atan();
            from Input |dy, x| dy / (x.clone() * x.clone() + x.like(1.0));
        }
        /// The hyperbolic sine, `(eˣ − e⁻ˣ)/2`; the derivative is `cosh x`.
        sinh() Sinh {
            doubles |x| x.sinh();
            from Input |dy, x| dy * x.cosh();
        }
        /// The hyperbolic cosine, `(eˣ + e⁻ˣ)/2`; the derivative is `sinh x`.
        cosh() Cosh {
            doubles |x| x.cosh();
            from Input |dy, x| dy * x.sinh();
        }
        /// The number whose hyperbolic cosine is `x`, the one that is not negative; NaN below 1. The
        /// derivative is `1/√(x² − 1)`.
        acosh() Acosh {
            doubles |x| acosh(x);
            from Input |dy, x| dy * (x.clone() * x.clone() - x.like(1.0)).powf(-0.5);
        }
        /// The number whose hyperbolic sine is `x`; the derivative is `1/√(x² + 1)`.
        asinh() Asinh {
            doubles |x| x.asinh();
            from Input |dy, x| dy * (x.clone() * x.clone() + x.like(1.0)).powf(-0.5);
        }
        /// The number whose hyperbolic tangent is `x`; ±∞ at ±1, NaN beyond. The derivative is `1/(1 − x²)`.
        atanh() Atanh {
            doubles |x| x.abs().atanh().copysign(x);
            from Input |dy, x| dy / (x.like(1.0) - x.clone() * x);
        }
        /// The logarithm to base 2; the derivative is `1/(x·ln 2)`.
        log2() Log2 {
            doubles |x| x.log2();
            from Input |dy, x| dy / (x.clone() * x.like(LN_2));
        }
        /// The logarithm to base 10; the derivative is `1/(x·ln 10)`.
        log10() Log10 {
            doubles |x| x.log10();
            from Input |dy, x| dy / (x.clone() * x.like(LN_10));
        }
        /// `2ˣ`; the derivative is `y·ln 2`.
        exp2() Exp2 {
            doubles |x| x.exp2();
            from Output |dy, y| dy * y.clone() * y.like(LN_2);
        }
        /// `sin(πx)/(πx)`, and 1 at 0; the derivative is `(cos(πx) − y)/x`, and 0 at 0.
        sinc() Sinc {
            floats |x| {
                let product = x.like(PI) * x;
                if x == T::ZERO { T::ONE } else { product.sin() / product }
            };
            from Input |dy, x| {
                let (px, square) = (x.clone() * x.like(PI), x.clone() * x.clone() * x.like(PI));
                let slope = (px.clone() * px.clone().cos() - px.sin()) / square.clone();
                // The square is 0 where it underflows, too.
                N::select(square.le(0.0), square.like(0.0), dy * slope)
            };
            in steps;
        }
        /// Degrees from radians, `x·180/π`.
        rad2deg() Rad2Deg {
            floats |x| x * x.like(180.0 / PI);
            from Nothing |dy| dy.clone() * dy.like(180.0 / PI);
            in steps;
        }
        /// Radians from degrees, `x·π/180`.
        deg2rad() Deg2Rad {
            floats |x| x * x.like(PI / 180.0);
            from Nothing |dy| dy.clone() * dy.like(PI / 180.0);
            in steps;
        }
        /// What [`trunc`](Self::trunc) cuts off, `x − trunc x`, with the sign of `x`; the derivative is 1.
        frac() Frac {
            only_floats |x| x - x.trunc();
            from Nothing |dy| dy;
            in steps;
        }
        /// The hyperbolic tangent; the derivative is `1 − y²`.
        tanh() Tanh {
            floats |x| x.tanh();
            from Output |dy, y| dy * (-y.clone()).mul_add(y.clone(), y.like(1.0));
        }
        /// `1/(1 + e⁻ˣ)`; the derivative is `y·(1 − y)`.
        sigmoid() Sigmoid {
            floats |x| x.sigmoid_at(ALONE);
            from Output |dy, y| dy * (y.like(1.0) - y.clone()) * y;
            in blocks;
        }
        /// The error function, `2/√π ∫₀ˣ e^(−t²) dt`; the derivative is `2/√π · e^(−x²)`.
        erf() Erf {
            floats |x| x.erf();
            from Input |dy, x| dy * (x.like(FRAC_2_SQRT_PI) * (-(x.clone() * x)).exp());
        }
        /// `1 − erf(x)`, exact where that is small; the derivative is `−2/√π · e^(−x²)`.
        erfc() Erfc {
            doubles |x| erfc(x);
            from Input |dy, x| x.like(-FRAC_2_SQRT_PI) * (-(x.clone() * x)).exp() * dy;
        }
        /// `e^(x²)·erfc(x)`, which does not vanish for large `x`; the derivative is `2xy − 2/√π`. In torch it
        /// is `torch.special.erfcx`.
        erfcx() Erfcx {
            doubles |x| erfcx(x);
            from Input |dy, x| (x.like(2.0) * x.clone() * x.clone().erfcx() - x.like(FRAC_2_SQRT_PI)) * dy;
            as SpecialErfcx()
        }
        /// The share of the standard normal distribution below `x`; the derivative is its density. In torch
        /// it is `torch.special.ndtr`.
        ndtr() Ndtr {
            doubles |x| 0.5 * erfc(-x * FRAC_1_SQRT_2);
            from Input |dy, x| {
                let density = (x.like(-0.5) * x.clone() * x.clone()).exp();
                dy * density * x.like(0.5 * FRAC_2_SQRT_PI * FRAC_1_SQRT_2)
            };
        }
        /// `ln ndtr(x)`, exact where that is small or near 1. In torch it is `torch.special.log_ndtr`.
        log_ndtr() LogNdtr {
            doubles |x| log_ndtr(x);
            from Input |dy, x| {
                dy / (x.like(-FRAC_1_SQRT_2) * x.clone()).erfcx() * x.like(FRAC_2_SQRT_PI * FRAC_1_SQRT_2)
            };
            as SpecialLogNdtr()
        }
        /// The number below which a share `x` of the standard normal distribution lies; ∓∞ at 0 and 1, NaN
        /// beyond. The derivative is `√2π·e^(y²/2)`. In torch it is `torch.special.ndtri`.
        ndtri() Ndtri {
            doubles |x| ndtri(x);
            from Output |dy, y| dy * y.like((2.0 * PI).sqrt()) * (y.clone() * y.clone() / y.like(2.0)).exp();
            as SpecialNdtri()
        }
        /// The modified Bessel function of the first kind of order 0; the derivative is `i1(x)`. In torch it
        /// is `torch.special.i0`.
        i0() I0 {
            doubles |x| bessel::i0(x);
            from Input |dy, x| dy * x.i1();
        }
        /// `e^(−|x|)·i0(x)`, which does not overflow; the derivative is `i1e(x) − sign(x)·y`. In torch it is
        /// `torch.special.i0e`.
        i0e() I0e {
            doubles |x| bessel::i0e(x);
            from Input |dy, x| dy * (x.clone().i1e() - sign(&x) * x.i0e());
            as SpecialI0E()
        }
        /// The modified Bessel function of the first kind of order 1; the derivative is `i0(x) − y/x`, and ½
        /// at 0. In torch it is `torch.special.i1`.
        i1() I1 {
            doubles |x| bessel::i1(x);
            from Input |dy, x| {
                let slope = x.clone().i0() - x.clone().i1() / x.clone();
                dy * half_at_0(&x, slope)
            };
            as SpecialI1()
        }
        /// `e^(−|x|)·i1(x)`, which does not overflow; the derivative is `i0e(x) − y·(sign(x) + 1/x)`, and ½
        /// at 0. In torch it is `torch.special.i1e`.
        i1e() I1e {
            doubles |x| bessel::i1e(x);
            from Input |dy, x| {
                let slope = x.clone().i0e() - x.clone().i1e() * (sign(&x) + x.like(1.0) / x.clone());
                dy * half_at_0(&x, slope)
            };
            as SpecialI1E()
        }
        /// `−x·ln x`, what a share `x` adds to an entropy: 0 at 0, −∞ below. The derivative is `−(1 + ln x)`.
        /// In torch it is `torch.special.entr`.
        entr() Entr {
            doubles |x| if x > 0.0 || x.is_nan() { -x * x.ln() } else if x == 0.0 { 0.0 } else { f64::NEG_INFINITY };
            from Input |dy, x| dy * -(x.like(1.0) + x.ln());
            as SpecialEntr()
        }
        /// The inverse of the error function; ±∞ at ±1, NaN beyond. The derivative is `√π/2 · e^(y²)`.
        erfinv() Erfinv {
            floats |x| x.erfinv();
            from Output |dy, y| y.like(1.0 / FRAC_2_SQRT_PI) * (y.clone() * y).exp() * dy;
        }
        /// `ln |Γ(x)|`, the logarithm of the gamma function's magnitude; ∞ at 0 and the negative integers.
        /// The derivative is `digamma(x)`.
        lgamma() Lgamma {
            floats |x| x.lgamma();
            from Input |dy, x| dy * x.digamma();
        }
        /// `ψ(x) = d/dx ln Γ(x)`; NaN at the negative integers, −∞ at 0 and ∞ at −0. The derivative is
        /// `polygamma(1, x)`.
        digamma() Digamma {
            floats |x| x.digamma();
            from Input |dy, x| dy * x.polygamma(1);
        }
    }};
}

elementwise_functions!(functions);

/// The sign of `x`; 0 at 0 and NaN.
#[inline(always)]
fn sign<N: Number>(x: &N) -> N {
    let (one, zero) = (x.like(1.0), x.like(0.0));
    N::select(x.gt(0.0), one.clone(), N::select(x.lt(0.0), -one, zero))
}

/// ½ where `x` is too small to divide by, `slope` elsewhere and for NaN.
#[inline(always)]
fn half_at_0<N: Number>(x: &N, slope: N) -> N {
    N::select(x.le(1e-16), N::select(x.ge(-1e-16), x.like(0.5), slope.clone()), slope)
}

/// Near 1 by what is above it; the standard library takes the logarithm of a number that is rounded there.
fn acosh(x: f64) -> f64 {
    let t = x - 1.0;
    if x < 1.0 {
        f64::NAN
    } else if t < 1.0 {
        (t + (t * (t + 2.0)).sqrt()).ln_1p()
    } else {
        x.acosh()
    }
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
