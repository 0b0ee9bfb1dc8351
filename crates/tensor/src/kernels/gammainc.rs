//! The incomplete gamma function.

use super::lgamma::{beyond_stirling, lgamma};

/// The share of the gamma distribution of shape `a` and rate 1 that lies below `x`: `∫₀ˣ tᵃ⁻¹·e⁻ᵗ dt / Γ(a)`.
///
/// A power series up to `a`, and a continued fraction of what lies above `x` beyond that.
pub(crate) fn gammainc(a: f64, x: f64) -> f64 {
    if !(a >= 0.0 && x >= 0.0) || a == 0.0 && x == 0.0 || a.is_infinite() && x.is_infinite() {
        return f64::NAN;
    }
    if x == 0.0 || a.is_infinite() {
        return 0.0;
    }
    if a == 0.0 || x.is_infinite() {
        return 1.0;
    }
    if x > 1.0 && x > a { 1.0 - front(a, x) * fraction(a, x) } else { front(a, x) / a * series(a, x) }
}

/// `xᵃ·e⁻ˣ/Γ(a)`, without a difference of large numbers where `a` is large.
fn front(a: f64, x: f64) -> f64 {
    if a < 10.0 {
        return (a * x.ln() - x - lgamma(a)).exp();
    }
    let off = (x - a) / a;
    let exponent = if off.abs() < 0.5 { off.ln_1p() - off } else { (x / a).ln() - off };
    (a / std::f64::consts::TAU).sqrt() * (a * exponent - beyond_stirling(a)).exp()
}

/// `1 + x/(a + 1) + x²/((a + 1)·(a + 2)) + …`
fn series(a: f64, x: f64) -> f64 {
    let (mut term, mut sum, mut below) = (1.0, 1.0, a);
    while term > sum * (f64::EPSILON / 2.0) {
        below += 1.0;
        term *= x / below;
        sum += term;
    }
    sum
}

/// `1/(x + 1 − a − 1·(1 − a)/(x + 3 − a − 2·(2 − a)/(x + 5 − a − …)))`, by Lentz's method.
fn fraction(a: f64, x: f64) -> f64 {
    let mut b = x + 1.0 - a;
    let (mut c, mut d) = (1.0 / f64::MIN_POSITIVE, 1.0 / b);
    let mut y = d;
    for n in 1.. {
        let n = f64::from(n);
        let an = -n * (n - a);
        b += 2.0;
        d = 1.0 / apart(an * d + b);
        c = apart(b + an / c);
        y *= d * c;
        if (d * c - 1.0).abs() < f64::EPSILON || y.is_nan() {
            break;
        }
    }
    y
}

/// The number, and a very small one for 0.
fn apart(x: f64) -> f64 {
    if x == 0.0 { f64::MIN_POSITIVE } else { x }
}

#[cfg(test)]
mod tests {
    use super::gammainc;

    #[test]
    fn whole_shapes_have_closed_forms() {
        for x in [1e-3, 0.5f64, 1.0, 1.5, 4.0, 30.0] {
            let one = -(-x).exp_m1();
            assert!((gammainc(1.0, x) / one - 1.0).abs() < 1e-14, "{x}");
            let three = 1.0 - (-x).exp() * (1.0 + x + x * x / 2.0);
            assert!((gammainc(3.0, x) - three).abs() < 1e-15, "{x}");
        }
    }

    #[test]
    fn both_ways_meet_and_large_shapes_are_halved_near_them() {
        for a in [2.0f64, 9.9, 10.0, 500.0, 1e6] {
            let (below, above) = (gammainc(a, a), gammainc(a, a * (1.0 + 1e-13)));
            assert!((above / below - 1.0).abs() < 1e-9, "{a}: {below} {above}");
            // The median is near a − 1/3.
            assert!((gammainc(a, a - 1.0 / 3.0) - 0.5).abs() < 0.01 / a.sqrt(), "{a}");
        }
    }
}
