//! `eˣ` within 20 ulp, which torch computes its attention with, and oneDNN torch's LSTM: one polynomial, and
//! two roundings on the way to the power of two. It is 0 where the result is within a factor of √2 of the
//! smallest normal number, or less.

use super::{MAGIC, polynomial, pow2, select};

/// Of attention's weights.
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    const HIGHEST: f32 = 88.722_84; // ln of the largest number
    at(select(x > HIGHEST, HIGHEST, x), |x| x.mul_add(std::f32::consts::LOG2_E, 0.5))
}

/// Of an LSTM's gates, for `x ≤ 0`.
#[inline(always)]
pub(crate) fn exp_of_negative(x: f32) -> f32 {
    at(x, |x| x * std::f32::consts::LOG2_E + 0.5)
}

/// `eˣ`, where `shift` gives `x/ln 2 + ½` as it is rounded.
#[inline(always)]
fn at(x: f32, shift: impl Fn(f32) -> f32) -> f32 {
    const LOWEST: f32 = -87.336_54; // ln of the smallest normal number; gives 0
    const P: [f32; 6] = [1.0, 0.999_999_7, 0.499_991_5, 0.166_676_52, 0.041_897_822, 0.008_289_291];
    let x = select(x < LOWEST, LOWEST, x);
    let n = shift(x).floor();
    let r = (-n).mul_add(std::f32::consts::LN_2, x);
    let n = (n + MAGIC).to_bits().wrapping_sub(MAGIC.to_bits()) as i32;
    // By halves, as 2¹²⁸ is not a number; half of what is too small is 0.
    polynomial(&P, r) * pow2(n.wrapping_sub(1)) * 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest error in ulp.
    fn worst(f: fn(f32) -> f32, thousandths: std::ops::Range<i32>) -> f64 {
        let error = |x: f32| {
            let exact = f64::from(x).exp();
            let ulp = f64::from(f32::EPSILON) * 2f64.powi(exact.log2().floor() as i32);
            (f64::from(f(x)) - exact).abs() / ulp
        };
        thousandths.map(|i| error(i as f32 * 1e-3)).fold(0.0, f64::max)
    }

    #[test]
    fn both_are_as_close_as_they_say() {
        for error in [worst(exp, -86_900..88_000), worst(exp_of_negative, -86_900..1)] {
            assert!((1.0..20.0).contains(&error), "{error}");
        }
    }

    #[test]
    fn the_ends_are_torchs() {
        for exp in [exp, exp_of_negative] {
            assert_eq!(exp(0.0), 1.0);
            assert_eq!([f32::NEG_INFINITY, -1e5, -87.336_55, -87.0].map(exp).map(f32::to_bits), [0; 4]);
            assert!(exp(f32::NAN).is_nan());
        }
    }
}
