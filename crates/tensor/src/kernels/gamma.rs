//! The gamma function's logarithm and the derivatives of that.
//!
//! torch's `digamma` and `trigamma` are these operations one by one, in the precision of the element; they
//! follow the Cephes library (Moshier).

use std::f64::consts::PI;

use super::lgamma::lgamma;

/// The logarithm of the gamma function and its derivatives, of one element.
pub trait Gamma: Copy {
    /// `ln |Γ(x)|`; ∞ at 0 and the negative integers.
    fn lgamma(self) -> Self;
    /// `d/dx ln Γ(x)`; NaN at the negative integers, and ∓∞ at ±0.
    fn digamma(self) -> Self;
    /// The derivative of [`digamma`](Gamma::digamma) of order `n`: from 2 on `(−1)ⁿ⁺¹·n!·ζ(n + 1, x)`.
    fn polygamma(self, n: u32) -> Self;
}

impl Gamma for f64 {
    fn lgamma(self) -> f64 {
        lgamma(self)
    }

    fn digamma(self) -> f64 {
        digamma!(f64, self, |x: f64| PI / (PI * x.fract()).tan())
    }

    fn polygamma(self, n: u32) -> f64 {
        match n {
            0 => self.digamma(),
            1 => trigamma!(f64, self),
            _ => {
                let factorial = (f64::from(n) + 1.0).lgamma().exp();
                let first = self.powf(-f64::from(n) - 1.0);
                f64::from(sign(n)) * factorial * zeta(f64::from(n) + 1.0, self, first)
            }
        }
    }
}

impl Gamma for f32 {
    fn lgamma(self) -> f32 {
        f64::from(self).lgamma() as f32
    }

    fn digamma(self) -> f32 {
        digamma!(f32, self, |x: f32| (PI / (PI * f64::from(x.fract())).tan()) as f32)
    }

    /// From 2 on, torch sums the series in double precision, but for its first term.
    fn polygamma(self, n: u32) -> f32 {
        match n {
            0 => self.digamma(),
            1 => trigamma!(f32, self),
            _ => {
                let s = n as f32 + 1.0;
                let first = f64::from(self.powf(-s));
                let zeta = zeta(f64::from(s), f64::from(self), first) as f32;
                let factorial = s.lgamma().exp();
                sign(n) * factorial * zeta
            }
        }
    }
}

/// `B₂ₖ/2k` from the last of seven on.
pub(crate) const DIGAMMA_SERIES: [f64; 7] = [
    8.333_333_333_333_333e-2,
    -2.109_279_609_279_609_3e-2,
    7.575_757_575_757_576e-3,
    -4.166_666_666_666_667e-3,
    3.968_253_968_253_968e-3,
    -8.333_333_333_333_333e-3,
    8.333_333_333_333_333e-2,
];

/// `ψ(10)`
pub(crate) const DIGAMMA_AT_TEN: f64 = 2.251_752_589_066_721;

/// Steps up to an argument of 10 at least, and an asymptotic series there; below 0 the reflection
/// `ψ(x) = ψ(1 − x) − π/tan πx`, whose last term `$cotangent` gives.
macro_rules! digamma {
    ($t:ty, $x:expr, $cotangent:expr) => {{
        let above_0 = |mut x: $t| {
            let mut y = 0.0;
            while x < 10.0 {
                y -= 1.0 / x;
                x += 1.0;
            }
            if x == 10.0 {
                return y + DIGAMMA_AT_TEN as $t;
            }
            let z = if x < 1e17 { 1.0 / (x * x) } else { 0.0 };
            let series = DIGAMMA_SERIES.iter().fold(0.0, |sum, &c| sum * z + c as $t);
            y + x.ln() - 0.5 / x - z * series
        };
        let x: $t = $x;
        if x == 0.0 {
            <$t>::INFINITY.copysign(-x)
        } else if x < 0.0 {
            if x == x.trunc() { <$t>::NAN } else { above_0(1.0 - x) - $cotangent(x) }
        } else {
            above_0(x)
        }
    }};
}
use digamma;

/// Six steps up and an asymptotic series; below ½ the reflection `ψ′(x) = π²/sin² πx − ψ′(1 − x)`. The series
/// is rounded as in torch, where the compiler fuses its steps.
macro_rules! trigamma {
    ($t:ty, $x:expr) => {{
        const PI: $t = std::f64::consts::PI as $t;
        let (mut x, mut y, mut sign): ($t, $t, $t) = ($x, 0.0, 1.0);
        if x < 0.5 {
            sign = -1.0;
            let sine = (PI * x).sin();
            y -= (PI * PI) / (sine * sine);
            x = 1.0 - x;
        }
        for _ in 0..6 {
            y += 1.0 / (x * x);
            x += 1.0;
        }
        let z = 1.0 / (x * x);
        let [c6, c30, c42]: [$t; 3] = [1.0 / 6.0, 1.0 / 30.0, 1.0 / 42.0];
        let series = (-z).mul_add((-z).mul_add(c42, c30), c6);
        y += z.mul_add(series, 1.0 + 1.0 / (2.0 * x)) / x;
        sign * y
    }};
}
use trigamma;

/// `(−1)ⁿ⁺¹`
fn sign(n: u32) -> f32 {
    if n.is_multiple_of(2) { -1.0 } else { 1.0 }
}

/// Hurwitz's `ζ(s, q)`, infinite for `s = 1` and where `q` is 0 or a negative integer, NaN where it is not
/// defined.
pub(crate) fn hurwitz(s: f64, q: f64) -> f64 {
    let defined = s >= 1.0 && (q > 0.0 || q == q.floor() || s == s.floor());
    match s {
        1.0 => f64::INFINITY,
        _ if !defined => f64::NAN,
        _ => zeta(s, q, q.powf(-s)),
    }
}

/// Hurwitz's `ζ(s, q) = Σ (q + k)⁻ˢ` for `s > 1` by the sum of Euler and Maclaurin, from its first term.
fn zeta(s: f64, q: f64, first: f64) -> f64 {
    const EPSILON: f64 = f64::EPSILON / 2.0;
    // (2k)!/B₂ₖ
    const DIVISORS: [f64; 12] = [
        12.0,
        -720.0,
        30240.0,
        -1_209_600.0,
        47_900_160.0,
        -1.892_437_580_318_379_2e9,
        7.472_424_96e10,
        -2.950_130_727_918_164e12,
        1.164_678_281_435_006_7e14,
        -4.597_978_722_407_473e15,
        1.815_210_540_194_354_7e17,
        -7.166_165_256_175_667e18,
    ];
    if q <= 0.0 && q == q.floor() {
        return f64::INFINITY;
    }
    let (mut sum, mut at, mut term) = (first, q, 0.0);
    let mut steps = 0;
    while steps < 9 || at <= 9.0 {
        steps += 1;
        at += 1.0;
        term = at.powf(-s);
        sum += term;
        if -EPSILON * sum < term && term < EPSILON * sum {
            return sum;
        }
    }
    sum += term * at / (s - 1.0);
    sum -= 0.5 * term;
    let (mut rising, mut k) = (1.0, 0.0);
    for divisor in DIVISORS {
        rising *= s + k;
        term /= at;
        let correction = rising * term / divisor;
        sum += correction;
        if (correction / sum).abs() < EPSILON {
            return sum;
        }
        k += 1.0;
        rising *= s + k;
        term /= at;
        k += 1.0;
    }
    sum
}
