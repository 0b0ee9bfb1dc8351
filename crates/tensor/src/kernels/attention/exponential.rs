use crate::kernels::number::Float;

/// The exponential functions that only torch's attention computes with.
pub trait Exponential: Float {
    /// `e^x` within 20 ulp, of a weight on the way forward; 0 where the result is within a factor of √2 of
    /// the smallest normal number, or less.
    fn exp_coarse(self) -> Self;
    /// `e^x` computed in f64, of a weight that belongs to no whole vector.
    fn exp_rest(self) -> Self;
}

/// Adding 1.5·2²³ rounds to an integer and leaves it in the low bits of the sum.
const MAGIC: f32 = 12_582_912.0;

/// The integer that adding [`MAGIC`] left.
#[inline(always)]
fn integer(shifted: f32) -> i32 {
    shifted.to_bits().wrapping_sub(MAGIC.to_bits()) as i32
}

/// `2ⁿ` for −126 ≤ n ≤ 127.
#[inline(always)]
fn pow2(n: i32) -> f32 {
    f32::from_bits((n.wrapping_add(127) as u32) << 23)
}

/// `p[0]·x⁴ + p[1]·x³ + …`, each step rounded once.
#[inline(always)]
fn horner<const N: usize>(p: [f32; N], x: f32) -> f32 {
    let mut y = p[0];
    for &p in &p[1..] {
        y = y.mul_add(x, p);
    }
    y
}

impl Exponential for f32 {
    #[inline(always)]
    fn exp_coarse(self) -> f32 {
        const LOWEST: f32 = -87.336_54; // ln of the smallest normal number
        const HIGHEST: f32 = 88.722_84; // ln of the largest
        const P: [f32; 6] = [0.008_289_291, 0.041_897_822, 0.166_676_52, 0.499_991_5, 0.999_999_7, 1.0];
        let x = if self > HIGHEST { HIGHEST } else { self };
        let x = if x < LOWEST { LOWEST } else { x };
        let n = x.mul_add(std::f32::consts::LOG2_E, 0.5).floor();
        let r = (-n).mul_add(std::f32::consts::LN_2, x);
        let half = pow2(integer(n + MAGIC).wrapping_sub(1)); // 2¹²⁸ is not a number
        let y = horner(P, r) * half * 2.0;
        if self < LOWEST { 0.0 } else { y }
    }

    #[inline(always)]
    fn exp_rest(self) -> f32 {
        f64::from(self).exp() as f32
    }
}

impl Exponential for f64 {
    #[inline(always)]
    fn exp_coarse(self) -> f64 {
        self.exp()
    }

    #[inline(always)]
    fn exp_rest(self) -> f64 {
        self.exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest error in ulp.
    fn worst(f: fn(f32) -> f32) -> f64 {
        let error = |x: f32| {
            let exact = f64::from(x).exp();
            let ulp = f64::from(f32::EPSILON) * 2f64.powi(exact.log2().floor() as i32);
            (f64::from(f(x)) - exact).abs() / ulp
        };
        (-86_900..88_000).map(|i| error(i as f32 * 1e-3)).fold(0.0, f64::max)
    }

    #[test]
    fn the_coarse_one_is_as_close_as_it_says() {
        let coarse = worst(f32::exp_coarse);
        assert!((1.0..20.0).contains(&coarse), "{coarse}");
    }

    #[test]
    fn the_ends_are_torchs() {
        assert_eq!(f32::exp_coarse(0.0), 1.0);
        assert_eq!([f32::NEG_INFINITY, -1e5].map(f32::exp_coarse), [0.0; 2]);
        assert!(f32::exp_coarse(f32::NAN).is_nan());
        assert_eq!(f32::exp_coarse(-87.0), 0.0);
        assert_eq!(f32::exp_rest(-0.5), (-0.5f64).exp() as f32);
    }
}
