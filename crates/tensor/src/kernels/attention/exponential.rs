use crate::kernels::number::Float;

/// The exponential functions that torch's attention computes with.
pub trait Exponential: Float {
    /// `e^x` within 20 ulp, of a weight on the way forward; 0 where the result is within a factor of √2 of the
    /// smallest normal number, or less.
    fn exp_coarse(self) -> Self;
    /// `e^x` within 1 ulp, of a weight on the way back: Sleef's.
    fn exp_fine(self) -> Self;
    /// `e^x` computed in f64, of a weight that belongs to no whole vector.
    fn exp_rest(self) -> Self;
    /// `e^x` of the C library.
    fn exp_alone(self) -> Self;
    /// `ln x` of the C library.
    fn ln_alone(self) -> Self;
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
    fn exp_fine(self) -> f32 {
        const P: [f32; 6] =
            [0.000_198_527_62, 0.001_393_043_6, 0.008_333_361, 0.041_666_485, 0.166_666_67, 0.5];
        // Beyond these the result is 0 or ∞ whatever x is; a NaN passes both tests.
        let x = if self > 104.0 { 104.0 } else { self };
        let x = if x < -104.0 { -104.0 } else { x };
        let shifted = x * std::f32::consts::LOG2_E + MAGIC;
        let n = shifted - MAGIC;
        let r = n.mul_add(-1.428_606_8e-6, n.mul_add(-0.693_145_75, x));
        let y = 1.0 + (r * r).mul_add(horner(P, r), r);
        let n = integer(shifted);
        let y = y * pow2(n >> 1) * pow2(n - (n >> 1));
        if self < -104.0 { 0.0 } else { y }
    }

    #[inline(always)]
    fn exp_rest(self) -> f32 {
        f64::from(self).exp() as f32
    }

    #[inline(always)]
    fn exp_alone(self) -> f32 {
        self.exp()
    }

    #[inline(always)]
    fn ln_alone(self) -> f32 {
        self.ln()
    }
}

impl Exponential for f64 {
    #[inline(always)]
    fn exp_coarse(self) -> f64 {
        self.exp()
    }

    #[inline(always)]
    fn exp_fine(self) -> f64 {
        self.exp()
    }

    #[inline(always)]
    fn exp_rest(self) -> f64 {
        self.exp()
    }

    #[inline(always)]
    fn exp_alone(self) -> f64 {
        self.exp()
    }

    #[inline(always)]
    fn ln_alone(self) -> f64 {
        self.ln()
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
    fn both_are_as_close_as_they_say() {
        assert!(worst(f32::exp_fine) < 1.0);
        let coarse = worst(f32::exp_coarse);
        assert!((1.0..20.0).contains(&coarse), "{coarse}");
    }

    #[test]
    fn the_ends_are_torchs() {
        for f in [f32::exp_coarse, f32::exp_fine] {
            assert_eq!(f(0.0), 1.0);
            assert_eq!([f(f32::NEG_INFINITY), f(-1e5)], [0.0; 2]);
            assert!(f(f32::NAN).is_nan());
        }
        assert_eq!(f32::exp_coarse(-87.0), 0.0);
        assert_eq!(f32::exp_fine(-100.0), (-100.0f64).exp() as f32);
        assert_eq!(f32::exp_fine(f32::INFINITY), f32::INFINITY);
        assert_eq!(f32::exp_rest(-0.5), (-0.5f64).exp() as f32);
    }
}
