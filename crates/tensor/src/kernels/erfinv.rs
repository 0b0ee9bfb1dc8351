//! The inverse of the error function.

use std::f64::consts::FRAC_2_SQRT_PI;

use super::erfc::erfc;
use super::math::Math;

/// `y` with `erf y = x`: a rational function near it, and Newton's steps from there, which take what is left
/// of 1 where `x` is close to that.
pub(crate) fn erfinv(x: f64) -> f64 {
    const CENTRE: [[f64; 5]; 2] = [
        [0.886226899, -1.645349621, 0.914624893, -0.140543331, 0.0],
        [1.0, -2.118377725, 1.442710462, -0.329097515, 0.012229801],
    ];
    const TAIL: [[f64; 4]; 2] =
        [[-1.970840454, -1.624906493, 3.429567803, 1.641345311], [1.0, 3.543889200, 1.637067800, 0.0]];
    fn ratio<const N: usize>([above, below]: &[[f64; N]; 2], z: f64) -> f64 {
        let value = |c: &[f64; N]| c.iter().rev().fold(0.0, |sum, c| sum * z + c);
        value(above) / value(below)
    }
    let a = x.abs();
    if a >= 1.0 || a.is_nan() {
        return if a == 1.0 { f64::INFINITY.copysign(x) } else { f64::NAN };
    }
    let mut y = match a {
        0.0..=0.7 => a * ratio(&CENTRE, a * a),
        _ => ratio(&TAIL, (-((1.0 - a) / 2.0).ln()).sqrt()),
    };
    for _ in 0..3 {
        let surplus = if y < 2.0 { Math::erf(y) - a } else { (1.0 - a) - erfc(y) };
        y -= surplus / (FRAC_2_SQRT_PI * (-y * y).exp());
    }
    y.copysign(x)
}

#[cfg(test)]
mod tests {
    use super::erfinv;
    use crate::kernels::math::Math;

    #[test]
    fn it_leads_back() {
        for x in [0.0, 1e-300, 1e-9, 0.1, 0.5, 0.7, 0.700001, 0.9, 0.99, 0.999999] {
            let y = erfinv(x);
            assert!((Math::erf(y) - x).abs() <= 4e-16 * x, "erf({y}) is not {x}");
            assert_eq!(erfinv(-x), -y);
        }
        // Computed with 40 digits.
        assert!((erfinv(1.0 - f64::EPSILON) / 5.805018683193453 - 1.0).abs() < 1e-14);
        assert_eq!(erfinv(-1.0), f64::NEG_INFINITY);
        assert!(erfinv(1.5).is_nan() && erfinv(f64::NAN).is_nan());
    }
}
