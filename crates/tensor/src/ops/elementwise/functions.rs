//! The elementwise functions of one tensor, as values that implement [`Elementwise`]: a row of one table
//! each.
//!
//! [`Tensor`] has a method for each, and so has `autograd`'s `Variable`; the methods' documentation says what
//! the function is. [`PowF`], [`Polygamma`], [`Clamp`] and [`Threshold`], whose methods take other arguments,
//! have files of their own.

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};

use super::function::{refused, unchanged};
use super::root::root;
use super::{Elementwise, Number, Reads};
use crate::dispatch::by_integer;
use crate::error::not_computable;
use crate::{DType, Float, Map, Num, Scalar, Tensor, Value};

pub use super::clamp::Clamp;
pub use super::polygamma::Polygamma;
pub use super::pow::PowF;
pub use super::threshold::Threshold;

/// The table of elementwise functions, handed to the macro named: `tensor` makes the functions and the
/// methods of [`Tensor`] of it, `autograd` the methods of `Variable`, tests the checks of every function.
///
/// A row has the documentation; the method's name with its parameters, whose values are torch's defaults; the
/// type; and between braces
/// - the value: `floats` for a function of floats, which integers become first, `float_tensors` for one of
///   a whole tensor of them, `only_floats` for one that torch refuses to others, `whole` for one that leaves
///   integers as they are, `numbers` for one that integers have too; and, with `others`, what a tensor
///   becomes that this does not cover; with `refused if`, which parameters are not taken, and in what words;
/// - the gradient of the input, and what it reads: `Input`, `Output` or `Nothing`;
/// - `in blocks` where torch calls other functions for an element that fills no block of vectors: the
///   constant `ALONE` tells which it is;
/// - where the node's name in a graph is not that of the type, or has attributes: the name and these.
#[doc(hidden)]
#[macro_export]
#[rustfmt::skip] // its indentation would leave the sentences no room
macro_rules! elementwise_functions {
    ($with:ident) => { $with! {
        /// `−x`. A `Bool` is refused.
        neg() Neg {
            numbers |x| x.neg(), others |x| bool_negation(x);
            from Nothing |dy| -dy;
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
            floats |x| x.sin();
            from Input |dy, x| dy * x.cos();
        }
        /// The cosine of `x` radians; the derivative is `−sin x`.
        cos() Cos {
            floats |x| x.cos();
            from Input |dy, x| dy * -x.sin();
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
        /// `ln σ(x)`, without overflow for any `x`; the derivative is `σ(−x)`. In torch it is
        /// `torch.nn.functional.logsigmoid`.
        log_sigmoid() LogSigmoid {
            // min(x, 0) − ln(1 + e^−|x|)
            only_floats |x| (if x < T::ZERO { x } else { T::ZERO }) - (-x.abs()).exp_at(false).ln_1p();
            from Input |dy, x| {
                // In torch's steps: what there is at the most, and less of it away from 0.
                let (one, zero, negative) = (x.like(1.0), x.like(0.0), x.lt(0.0));
                let z = N::select(negative.clone(), x.clone(), -x).exp_at(false);
                let part = z.clone() / (one.clone() + z);
                (N::select(negative.clone(), one, zero) + N::select(negative, -part.clone(), part)) * dy
            };
        }
        /// `x/(1 + |x|)`; the derivative is `1/(1 + |x|)²`. A `Bool` is refused. In torch it is
        /// `torch.nn.functional.softsign`.
        softsign() Softsign {
            floats |x| x / (x.abs() + T::ONE), others |x| x.div(&x.abs().add_scalar(1));
            // In torch's steps: the quotient's, and the magnitude's below it.
            from Input |dy, x| {
                let d = N::select(x.lt(0.0), -x.clone(), x.clone()) + x.like(1.0);
                dy.clone() / d.clone() - dy * (x.clone() / d.clone() / d) * sign(&x)
            };
            as Div()
        }
        /// `x·σ(x)`, also called swish; the derivative is `σ(x)·(1 + x·(1 − σ(x)))`.
        silu() Silu {
            // A quotient, as in torch: x = −∞ gives NaN there too.
            only_floats |x| x / (T::ONE + (-x).exp_at(ALONE));
            from Input |dy, x| {
                let (s, one) = (x.clone().sigmoid_at(ALONE), x.like(1.0));
                dy * s.clone() * x.mul_add(one.clone() - s, one)
            };
            in blocks;
        }
        /// `x·Φ(x)`, Φ the standard normal distribution's share below `x` (Hendrycks & Gimpel, 2016); the
        /// derivative is `Φ(x) + x·φ(x)`, φ its density.
        gelu() Gelu {
            only_floats |x| x * normal_share(&x);
            from Input |dy, x| {
                let power = x.like(-0.5) * x.clone() * x.clone();
                let density = x.like(0.5 * FRAC_2_SQRT_PI * FRAC_1_SQRT_2) * power.exp();
                dy * (normal_share(&x) + x * density)
            };
            as Gelu(approximate = "none")
        }
        /// [`gelu`](Self::gelu) with `Φ(x) ≈ ½·(1 + tanh(√(2/π)·(x + 0.044715·x³)))`. In torch it is
        /// `torch.nn.functional.gelu(…, approximate="tanh")`.
        gelu_tanh() GeluTanh {
            only_floats |x| {
                let inner = T::from_f64(BETA) * (x + T::from_f64(KAPPA) * x * x * x);
                T::from_f64(0.5) * x * (T::ONE + inner.tanh())
            };
            from Input |dy, x| {
                let (half, one, x2) = (x.like(0.5), x.like(1.0), x.clone() * x.clone());
                let inner = x.clone() + x.like(KAPPA) * x2.clone() * x.clone();
                let tanh = (x.like(BETA) * inner).tanh();
                let d_inner = x.like(BETA) * (one.clone() + x.like(3.0 * KAPPA) * x2);
                let d_tanh = one.clone() - tanh.clone() * tanh.clone();
                dy * (half.clone() * (one + tanh) + half * x * d_tanh * d_inner)
            };
            as Gelu(approximate = "tanh")
        }
        /// `x` where it is positive, else `α·(eˣ − 1)` (Clevert et al., 2015); the derivative is 1 or `α·eˣ`.
        elu(alpha = 1.0) Elu {
            only_floats |x| elu(x, alpha, 1.0, 1.0, ALONE);
            from Input |dy, x| elu_gradient(dy, x, alpha, 1.0, 1.0, ALONE);
            in blocks;
            as Elu(alpha = alpha, scale = 1.0)
        }
        /// `x` where it is positive, else `α·(e^(x/α) − 1)`, which has no corner at 0 (Barron, 2017); the
        /// derivative is 1 or `e^(x/α)`. An `alpha` of 0 is refused.
        celu(alpha = 1.0) Celu {
            only_floats |x| elu(x, alpha, 1.0, 1.0 / alpha, ALONE),
                refused if alpha == 0.0, "celu: alpha cannot be 0 for CELU";
            from Input |dy, x| elu_gradient(dy, x, alpha, 1.0, 1.0 / alpha, ALONE);
            in blocks;
            as Celu(alpha = alpha)
        }
        /// `λ·x` where `x` is positive, else `λα·(eˣ − 1)`, with `λ ≈ 1.0507` and `α ≈ 1.6733` chosen so that
        /// mean 0 and variance 1 reproduce themselves (Klambauer et al., 2017).
        selu() Selu {
            only_floats |x| elu(x, SELU_ALPHA, SELU_SCALE, 1.0, ALONE);
            from Input |dy, x| elu_gradient(dy, x, SELU_ALPHA, SELU_SCALE, 1.0, ALONE);
            in blocks;
            as Elu(alpha = SELU_ALPHA, scale = SELU_SCALE)
        }
        /// `x` where it is positive, else `slope·x`; the derivative is 1 or the slope.
        leaky_relu(negative_slope = 0.01) LeakyRelu {
            only_floats |x| x * if x > T::ZERO { T::ONE } else { x.like(negative_slope) };
            from Input |dy, x| dy * N::select(x.gt(0.0), x.like(1.0), x.like(negative_slope));
            as LeakyRelu(negative_slope = negative_slope)
        }
        /// `ln(1 + e^(βx))/β`, a smooth ReLU, and `x` itself where `βx > threshold`; the derivative is
        /// `σ(βx)`, there 1.
        softplus(beta = 1.0, threshold = 20.0) Softplus {
            only_floats |x| {
                let y = (x * x.like(beta)).exp_at(ALONE).ln_1p_at(ALONE) / x.like(beta);
                if x * x.like(beta) > x.like(threshold) { x } else { y }
            };
            from Input |dy, x| {
                let bx = x.clone() * x.like(beta);
                // Nothing overflows that is not chosen.
                let beyond = bx.gt(threshold);
                let z = N::select(beyond.clone(), x.like(0.0), bx).exp_at(ALONE);
                N::select(beyond, dy.clone(), dy * z.clone() / (z + x.like(1.0)))
            };
            in blocks;
            as Softplus(beta = beta, threshold = threshold)
        }
        /// `x` kept between `min_val` and `max_val`, which are cut to whole numbers beside integers. The
        /// derivative is 0 at the two bounds, as `clamp`'s, and 1 at NaN, as where torch computes one element
        /// at a time (in whole vectors its rule gives 0). A `min_val` above `max_val` is refused.
        hardtanh(min_val = -1.0, max_val = 1.0) Hardtanh {
            tensors |x| {
                if x.dtype == DType::Bool {
                    return refused("hardtanh", x);
                }
                let whole = !x.dtype.is_float();
                let bound = |b: f64| if whole { Scalar::Int(b as i64) } else { Scalar::Float(b) };
                x.clamp(Some(bound(min_val)), Some(bound(max_val)))
            }, refused if min_val > max_val, "hardtanh: min ({min_val}) is above max ({max_val})";
            from Input |dy, x| N::select(N::or(x.le(min_val), x.ge(max_val)), x.like(0.0), dy);
            as Hardtanh(min_val = min_val, max_val = max_val)
        }
        /// `min(max(x + 3, 0), 6)/6`, the sigmoid in straight lines; the derivative is 1/6 between −3 and 3,
        /// else 0. In torch it is `torch.nn.functional.hardsigmoid`.
        hardsigmoid() Hardsigmoid {
            only_floats |x| hard_share(x) / T::from_f64(6.0);
            from Input |dy, x| {
                // As in torch, the sixth is that of single precision in every dtype.
                let slope = dy * x.like(f64::from(1f32 / 6.0));
                N::select(x.gt(-3.0), N::select(x.lt(3.0), slope, x.like(0.0)), x.like(0.0))
            };
        }
        /// `x·min(max(x + 3, 0), 6)/6`, the swish in straight lines (Howard et al., 2019); the derivative is
        /// 0 up to −3, 1 from 3, and `x/3 + ½` between them. In torch it is
        /// `torch.nn.functional.hardswish`.
        hardswish() Hardswish {
            only_floats |x| x * hard_share(x) / T::from_f64(6.0);
            from Input |dy, x| {
                let between = dy.clone() * (x.clone() / x.like(3.0) + x.like(0.5));
                // A NaN hands its gradient on, as where torch computes one element at a time.
                N::select(x.le(-3.0), x.like(0.0), N::select(x.lt(3.0), between, dy))
            };
        }
        /// `x·tanh(ln(1 + eˣ))` (Misra, 2019); the derivative is `t + x·σ(x)·(1 − t²)` with that `tanh` for
        /// `t`. In torch it is `torch.nn.functional.mish`.
        mish() Mish {
            only_floats |x| x * x.exp().ln_1p().tanh();
            from Input |dy, x| {
                let t = x.clone().exp().ln_1p().tanh();
                let slope = x.clone() * x.clone().sigmoid() * (x.like(1.0) - t.clone() * t.clone());
                dy * (t + slope)
            };
        }
        /// `x − tanh x`; the derivative is `tanh² x`. A `Bool` is refused. In torch it is
        /// `torch.nn.functional.tanhshrink`.
        tanhshrink() Tanhshrink {
            floats |x| x - x.tanh(), others |x| x.sub(&x.tanh());
            // In torch's steps: the difference's, and the tangent's below it.
            from Input |dy, x| {
                let t = x.clone().tanh();
                dy.clone() - dy * (x.like(1.0) - t.clone() * t)
            };
            as Sub()
        }
        /// `x` nearer to 0 by `λ`, and 0 where it is not further from it; the derivative is 1, there 0. A
        /// negative `lambd` is refused. In torch it is `torch.nn.functional.softshrink`.
        softshrink(lambd = 0.5) Softshrink {
            only_floats |x| {
                let lambd = x.like(lambd);
                let near = if x < -lambd { x + lambd } else { x * T::ZERO };
                if x > lambd { x - lambd } else { near }
            }, refused if lambd < 0.0, "softshrink: lambda must be in range [0, inf), but found {lambd}";
            from Input |dy, x| beyond(dy, x, lambd);
            as Softshrink(lambd = lambd)
        }
        /// `x`, and 0 where it is not further from 0 than `λ`; the derivative is 1, there 0. In torch it is
        /// `torch.nn.functional.hardshrink`.
        hardshrink(lambd = 0.5) Hardshrink {
            only_floats |x| if x >= -x.like(lambd) && x <= x.like(lambd) { T::ZERO } else { x };
            from Input |dy, x| beyond(dy, x, lambd);
            as Hardshrink(lambd = lambd)
        }
    }};
}

elementwise_functions!(functions);

const BETA: f64 = FRAC_2_SQRT_PI * FRAC_1_SQRT_2; // √(2/π)
const KAPPA: f64 = 0.044715;
const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;
const SELU_SCALE: f64 = 1.050_700_987_355_480_5;

/// The sign of `x`; 0 at 0 and NaN.
#[inline(always)]
fn sign<N: Number>(x: &N) -> N {
    let (one, zero) = (x.like(1.0), x.like(0.0));
    N::select(x.gt(0.0), one.clone(), N::select(x.lt(0.0), -one, zero))
}

/// `Φ(x)`
#[inline(always)]
fn normal_share<N: Number>(x: &N) -> N {
    x.like(0.5) * (x.like(1.0) + (x.clone() * x.like(FRAC_1_SQRT_2)).erf())
}

#[inline(always)]
fn elu<T: Float>(x: T, alpha: f64, scale: f64, input_scale: f64, alone: bool) -> T {
    let negative = (x * T::from_f64(input_scale)).exp_m1_at(alone) * T::from_f64(alpha * scale);
    if x < T::ZERO { negative } else { T::from_f64(scale) * x }
}

#[inline(always)]
fn elu_gradient<N: Number>(dy: N, x: N, alpha: f64, scale: f64, input_scale: f64, alone: bool) -> N {
    let inner = x.clone() * x.like(input_scale);
    let negative = dy.clone() * x.like(input_scale) * x.like(alpha * scale) * inner.exp_at(alone);
    let positive = dy * x.like(scale);
    // A NaN counts as positive where torch computes one element at a time, and as negative in whole vectors.
    if alone { N::select(x.le(0.0), negative, positive) } else { N::select(x.gt(0.0), positive, negative) }
}

/// `min(max(x + 3, 0), 6)`; NaN stays NaN.
#[inline(always)]
fn hard_share<T: Float>(x: T) -> T {
    let y = x + T::from_f64(3.0);
    let y = if y < T::ZERO { T::ZERO } else { y };
    if y > T::from_f64(6.0) { T::from_f64(6.0) } else { y }
}

/// `dy` where `x` is further from 0 than `lambd`, and at NaN, as where torch computes one element at a time.
#[inline(always)]
fn beyond<N: Number>(dy: N, x: N, lambd: f64) -> N {
    N::select(x.lt(-lambd), dy.clone(), N::select(x.le(lambd), x.like(0.0), dy))
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
