//! The activation functions among the [`functions`](super::functions): the second part of their table.

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};

use super::Number;
use crate::Float;

/// The rows of [`elementwise_functions`](crate::elementwise_functions) that come last, behind those handed
/// here, for the macro named in brackets.
#[doc(hidden)]
#[macro_export]
macro_rules! activation_functions {
    ([$with:ident] $($before:tt)*) => { $with! {
        $($before)*
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

pub(super) const BETA: f64 = FRAC_2_SQRT_PI * FRAC_1_SQRT_2; // √(2/π)
pub(super) const KAPPA: f64 = 0.044715;
pub(super) const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;
pub(super) const SELU_SCALE: f64 = 1.050_700_987_355_480_5;

/// `Φ(x)`
#[inline(always)]
pub(super) fn normal_share<N: Number>(x: &N) -> N {
    x.like(0.5) * (x.like(1.0) + (x.clone() * x.like(FRAC_1_SQRT_2)).erf_inside())
}

#[inline(always)]
pub(super) fn elu<T: Float>(x: T, alpha: f64, scale: f64, input_scale: f64, alone: bool) -> T {
    let negative = (x * T::from_f64(input_scale)).exp_m1_at(alone) * T::from_f64(alpha * scale);
    if x < T::ZERO { negative } else { T::from_f64(scale) * x }
}

#[inline(always)]
pub(super) fn elu_gradient<N: Number>(
    dy: N,
    x: N,
    alpha: f64,
    scale: f64,
    input_scale: f64,
    alone: bool,
) -> N {
    let inner = x.clone() * x.like(input_scale);
    let negative = dy.clone() * x.like(input_scale) * x.like(alpha * scale) * inner.exp_at(alone);
    let positive = dy * x.like(scale);
    // A NaN counts as positive where torch computes one element at a time, and as negative in whole vectors.
    if alone { N::select(x.le(0.0), negative, positive) } else { N::select(x.gt(0.0), positive, negative) }
}

/// `min(max(x + 3, 0), 6)`; NaN stays NaN.
#[inline(always)]
pub(super) fn hard_share<T: Float>(x: T) -> T {
    let y = x + T::from_f64(3.0);
    let y = if y < T::ZERO { T::ZERO } else { y };
    if y > T::from_f64(6.0) { T::from_f64(6.0) } else { y }
}

/// `dy` where `x` is further from 0 than `lambd`, and at NaN, as where torch computes one element at a time.
#[inline(always)]
pub(super) fn beyond<N: Number>(dy: N, x: N, lambd: f64) -> N {
    N::select(x.lt(-lambd), dy.clone(), N::select(x.le(lambd), x.like(0.0), dy))
}
