//! The inverse of the normal distribution in double precision.

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, SQRT_2};

use super::erfc::{erfc, erfcx};
use super::erfinv::erfinv;

/// `ln` of the share of the standard normal distribution below `x`.
pub(crate) fn log_ndtr(x: f64) -> f64 {
    let z = x * FRAC_1_SQRT_2;
    if z < -1.0 { (0.5 * erfcx(-z)).ln() - z * z } else { (-0.5 * erfc(z)).ln_1p() }
}

/// The number below which a share `p` of the standard normal distribution lies; in the tails by Newton's
/// steps for its logarithm, from Abramowitz and Stegun's 26.2.23.
pub(crate) fn ndtri(p: f64) -> f64 {
    if p > 0.9 {
        return -ndtri(1.0 - p);
    }
    if p >= 0.1 {
        return SQRT_2 * erfinv(2.0 * p - 1.0);
    }
    if p <= 0.0 || p.is_nan() {
        return if p == 0.0 { f64::NEG_INFINITY } else { f64::NAN };
    }
    let wanted = p.ln();
    let t = (-2.0 * wanted).sqrt();
    let above = (0.010328 * t + 0.802853) * t + 2.515517;
    let below = ((0.001308 * t + 0.189269) * t + 1.432788) * t + 1.0;
    let mut x = above / below - t;
    for _ in 0..3 {
        let slope = FRAC_2_SQRT_PI * FRAC_1_SQRT_2 / erfcx(-x * FRAC_1_SQRT_2);
        x -= (log_ndtr(x) - wanted) / slope;
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_undoes_the_distribution() {
        for p in [1e-300, 1e-30, 1e-10, 0.003, 0.0999, 0.1, 0.3, 0.5] {
            let x = ndtri(p);
            assert!((log_ndtr(x) - p.ln()).abs() <= 4.0 * f64::EPSILON * p.ln().abs(), "{p}: {x}");
        }
        assert!((ndtri(0.975) - 1.959963984540054).abs() < 1e-14);
        assert_eq!((ndtri(0.0), ndtri(1.0), ndtri(0.5)), (f64::NEG_INFINITY, f64::INFINITY, 0.0));
        assert!(ndtri(-0.1).is_nan() && ndtri(1.1).is_nan() && ndtri(f64::NAN).is_nan());
    }
}
