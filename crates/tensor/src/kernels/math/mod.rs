//! Elementary functions as branch-free scalar code, which a
//! [`Kernel`](super::simd::Kernel) loop turns into vectors.
//!
//! The f32 versions are within 2 ulp everywhere, subnormal results included, and the sigmoid, which is
//! torch's, within 2.5; a test sweeps them against the f64 ones. Every instruction set and machine gives the
//! same bits. `eˣ`, `ln x`, `tanh`, `sin`, `cos`, `erf` of whole tensors come from a closed library in
//! torch, and are the nearest numbers here (`nearest`). Other polynomials are least-maximum fits made for
//! their intervals; constants of argument reduction are split so that products are exact. What torch
//! composes of Sleef's functions is composed of them here (`sleef`), and what it leaves to the C library of
//! that (`alone`). Attention and LSTM have a coarser `eˣ` (`coarse`). The f64 versions are the standard
//! library's.

use super::erfc::erfc;

mod alone;
pub(crate) mod coarse;
pub(crate) mod nearest;
mod sleef;

/// Elementary functions of f32 and f64 for kernels.
///
/// ```
/// use tensor::kernels::math::Math;
///
/// assert!((Math::tanh(0.5f32) - 0.46211717).abs() < 1e-7);
/// ```
pub trait Math: Copy {
    /// `e^x`.
    fn exp(self) -> Self;
    /// `e^x` inside another function, where torch has Sleef's for what fills whole vectors, and the C
    /// library's for an element `alone`.
    fn exp_at(self, alone: bool) -> Self;
    /// `ln x` for `1 ≤ x < 2⁶⁴`: the logarithm of a softmax's sum.
    fn ln_of_sum(self) -> Self;
    /// The natural logarithm of the C library, which torch calls for single elements.
    fn ln_alone(self) -> Self;
    /// `e^x − 1`, exact near 0.
    fn exp_m1(self) -> Self;
    /// The natural logarithm.
    fn ln(self) -> Self;
    /// `ln(1 + x)`, exact near 0.
    fn ln_1p(self) -> Self;
    /// [`Math::exp_m1`] inside another function; see [`Math::exp_at`].
    fn exp_m1_at(self, alone: bool) -> Self;
    /// [`Math::ln_1p`] inside another function; see [`Math::exp_at`].
    fn ln_1p_at(self, alone: bool) -> Self;
    /// Hyperbolic tangent.
    fn tanh(self) -> Self;
    /// The logistic function, `1 / (1 + e^−x)`, by [`Math::exp_at`]; 0 where that overflows in f32.
    fn sigmoid_at(self, alone: bool) -> Self;
    /// The error function, `2/√π ∫₀ˣ e^−t² dt`; in f64 within 1e-15 of it.
    fn erf(self) -> Self;
    /// [`Math::erf`] inside another function, in f32 within 2 units in the last place of it.
    fn erf_inside(self) -> Self;
}

impl Math for f32 {
    #[inline(always)]
    fn exp(self) -> f32 {
        nearest::exp(self)
    }

    #[inline(always)]
    fn exp_at(self, alone: bool) -> f32 {
        if alone { alone::exp(self) } else { sleef::exp(self) }
    }

    #[inline(always)]
    fn ln_of_sum(self) -> f32 {
        sleef::ln_of_sum(self)
    }

    #[inline(always)]
    fn ln_alone(self) -> f32 {
        f32::ln(self)
    }

    #[inline(always)]
    fn exp_m1(self) -> f32 {
        sleef::exp_m1(self)
    }

    #[inline(always)]
    fn exp_m1_at(self, alone: bool) -> f32 {
        if alone { f32::exp_m1(self) } else { sleef::exp_m1(self) }
    }

    #[inline(always)]
    fn ln_1p_at(self, alone: bool) -> f32 {
        if alone { f32::ln_1p(self) } else { sleef::ln_1p(self) }
    }

    #[inline(always)]
    fn ln(self) -> f32 {
        nearest::ln(self)
    }

    #[inline(always)]
    fn ln_1p(self) -> f32 {
        sleef::ln_1p(self)
    }

    #[inline(always)]
    fn tanh(self) -> f32 {
        nearest::tanh(self)
    }

    #[inline(always)]
    fn sigmoid_at(self, alone: bool) -> f32 {
        1.0 / (1.0 + (-self).exp_at(alone))
    }

    #[inline(always)]
    fn erf(self) -> f32 {
        nearest::erf(self)
    }

    #[inline(always)]
    fn erf_inside(self) -> f32 {
        // erf(x) = x + x·S(x²) up to 1; then erf(x) = 1 − e^−L(x), which rounds to 1 from x = 3.92 on.
        const S: [f32; 7] = [
            0.128_379_17,
            -0.376_126_26,
            0.112_836,
            -0.026_854_444,
            0.005_189_535,
            -0.000_802_084_1,
            0.000_078_891_19,
        ];
        const L: [f32; 7] = [
            0.000_256_436_03,
            1.127_426_1,
            0.637_599_95,
            0.103_566_96,
            -0.022_052_031,
            0.002_999_549_5,
            -0.000_191_505_1,
        ];
        let a = self.abs();
        let z = self * self;
        let small = self + self * horner(&S, z);
        let a = select(a > 4.0, 4.0, a);
        let (n, r) = reduce(-horner(&L, a));
        let large = (1.0 - pow2(n) * (1.0 + (r + r * r * exp_tail(r)))).copysign(self);
        select(a < 1.0, small, large)
    }
}

impl Math for f64 {
    #[inline(always)]
    fn exp(self) -> f64 {
        self.exp()
    }

    #[inline(always)]
    fn exp_at(self, _: bool) -> f64 {
        f64::exp(self)
    }

    #[inline(always)]
    fn ln_alone(self) -> f64 {
        f64::ln(self)
    }

    #[inline(always)]
    fn exp_m1_at(self, _: bool) -> f64 {
        f64::exp_m1(self)
    }

    #[inline(always)]
    fn ln_1p_at(self, _: bool) -> f64 {
        f64::ln_1p(self)
    }

    #[inline(always)]
    fn ln_of_sum(self) -> f64 {
        f64::ln(self)
    }

    #[inline(always)]
    fn exp_m1(self) -> f64 {
        self.exp_m1()
    }

    #[inline(always)]
    fn ln(self) -> f64 {
        self.ln()
    }

    #[inline(always)]
    fn ln_1p(self) -> f64 {
        self.ln_1p()
    }

    #[inline(always)]
    fn tanh(self) -> f64 {
        self.tanh()
    }

    #[inline(always)]
    fn sigmoid_at(self, _: bool) -> f64 {
        let e = (-self.abs()).exp();
        if self < 0.0 { e / (1.0 + e) } else { 1.0 / (1.0 + e) }
    }

    fn erf(self) -> f64 {
        let a = self.abs();
        if a < 3.0 {
            // The series without alternating signs: 2/√π · e^−x² · Σ 2ⁿ x²ⁿ⁺¹ / (1·3·…·(2n+1)).
            let (mut term, mut sum, mut n) = (self, self, 1.0);
            while term.abs() > 1e-17 * sum.abs() {
                n += 2.0;
                term *= 2.0 * self * self / n;
                sum += term;
            }
            std::f64::consts::FRAC_2_SQRT_PI * (-self * self).exp() * sum
        } else {
            // From 6 on erfc is below half an ulp of 1; infinity gets there too.
            let y = if a > 6.0 { 1.0 } else { 1.0 - erfc(a) };
            if self.is_nan() { self } else { y.copysign(self) }
        }
    }

    fn erf_inside(self) -> f64 {
        Math::erf(self)
    }
}

// ln 2 in two parts; the first has nine bits, so its product with an exponent is exact.
const LN_2_HI: f32 = 355.0 / 512.0;
const LN_2_LO: f32 = -2.121_944_4e-4;

/// Compiles to a blend, where `if` may become a branch that stops vectorisation.
#[inline(always)]
fn select(condition: bool, yes: f32, no: f32) -> f32 {
    if condition { yes } else { no }
}

/// `p[0] + p[1]·x + p[2]·x² + …`
#[inline(always)]
fn horner<const N: usize>(p: &[f32; N], x: f32) -> f32 {
    let mut y = p[N - 1];
    let mut i = N - 1;
    while i > 0 {
        i -= 1;
        y = y * x + p[i];
    }
    y
}

/// `p[0] + p[1]·x + p[2]·x² + …`, each step rounded once.
#[inline(always)]
fn polynomial<const N: usize>(p: &[f32; N], x: f32) -> f32 {
    let mut y = p[N - 1];
    let mut i = N - 1;
    while i > 0 {
        i -= 1;
        y = y.mul_add(x, p[i]);
    }
    y
}

// Adding 1.5·2²³ rounds to an integer and leaves it in the low bits of the sum.
const MAGIC: f32 = 12_582_912.0;

/// `x = n·ln 2 + r` with `|r| ≤ ½ ln 2`, for |x| ≤ 104.
#[inline(always)]
fn reduce(x: f32) -> (i32, f32) {
    let shifted = x * std::f32::consts::LOG2_E + MAGIC;
    let n = shifted - MAGIC;
    let r = (x - n * LN_2_HI) - n * LN_2_LO;
    (shifted.to_bits().wrapping_sub(MAGIC.to_bits()) as i32, r)
}

/// `(e^r − 1 − r) / r²` for `|r| ≤ ½ ln 2`.
#[inline(always)]
fn exp_tail(r: f32) -> f32 {
    const P: [f32; 5] = [0.5, 0.166_665_18, 0.041_666_206, 0.008_368_954, 0.001_395_06];
    horner(&P, r)
}

/// `2ⁿ` for −126 ≤ n ≤ 127.
#[inline(always)]
fn pow2(n: i32) -> f32 {
    f32::from_bits((n.wrapping_add(127) as u32) << 23)
}

/// `y·2ⁿ` for −252 ≤ n ≤ 254, in two steps so that subnormal results and those near the maximum come out
/// right.
#[inline(always)]
fn scale(y: f32, n: i32) -> f32 {
    let half = n >> 1;
    y * pow2(half) * pow2(n - half)
}

#[cfg(test)]
mod tests {
    use super::Math;
    use crate::kernels::simd::{Isa, Kernel, dispatch_on};

    /// `y = F(x)`, so that each function is tested as it will run: vectorised.
    struct Map<'a, F>(F, &'a [f32], &'a mut [f32]);

    impl<F: Fn(f32) -> f32> Kernel for Map<'_, F> {
        type Output = ();

        #[inline(always)]
        fn run(self) {
            for (y, &x) in self.2.iter_mut().zip(self.1) {
                *y = (self.0)(x);
            }
        }
    }

    /// Every 641st float and the special ones.
    fn sweep() -> Vec<f32> {
        let mut xs: Vec<f32> = (0..=u32::MAX / 641).map(|i| f32::from_bits(i * 641)).collect();
        for x in
            [0.0, f32::MIN_POSITIVE, 1e-45, 1.0, 0.625, 88.72283, 88.8, 103.9, 104.1, f32::MAX, f32::INFINITY]
        {
            xs.extend([x, -x, f32::from_bits(x.to_bits() + 1)]);
        }
        xs.extend([f32::NAN, -f32::NAN]);
        // More where the functions bend.
        xs.extend((-2_000_000..2_000_000).map(|i| i as f32 * 1e-5));
        xs
    }

    /// The distance in units of the last place of the correctly rounded answer.
    fn ulps(y: f32, exact: f64) -> f64 {
        let rounded = exact as f32;
        if y == rounded || (y.is_nan() && rounded.is_nan()) {
            return 0.0;
        }
        if !y.is_finite() || !rounded.is_finite() {
            return f64::INFINITY;
        }
        let a = rounded.abs();
        let ulp = if a < f32::MIN_POSITIVE { f32::from_bits(1) } else { a - f32::from_bits(a.to_bits() - 1) };
        (f64::from(y) - exact).abs() / f64::from(ulp)
    }

    fn check(name: &str, bound: f64, f: impl Fn(f32) -> f32 + Copy, exact: impl Fn(f64) -> f64) {
        let xs = sweep();
        let mut first: Option<Vec<f32>> = None;
        for isa in Isa::available() {
            let mut ys = vec![0.0; xs.len()];
            dispatch_on(isa, Map(f, &xs, &mut ys));
            match &first {
                Some(first) => {
                    let same =
                        |(a, b): (&f32, &f32)| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
                    assert!(first.iter().zip(&ys).all(same), "{name}: {isa:?} differs");
                }
                None => first = Some(ys),
            }
        }
        let worst = xs.iter().zip(&first.expect("the portable set is always there")).fold(
            (0.0, 0.0),
            |worst, (&x, &y)| {
                let error = ulps(y, exact(f64::from(x)));
                if error > worst.0 { (error, x) } else { worst }
            },
        );
        println!("{name}: {:.3} ulp at {:e}", worst.0, worst.1);
        assert!(worst.0 <= bound, "{name}: {} ulp at {:e}", worst.0, worst.1);
    }

    /// One in a million may lie too near the middle of two numbers.
    fn nearest(name: &str, f: impl Fn(f32) -> f32 + Copy, exact: impl Fn(f64) -> f64) {
        check(name, 0.501, f, &exact);
        let xs = sweep();
        let same = |&&x: &&f32| {
            let (y, exact) = (f(x), exact(f64::from(x)) as f32);
            y.to_bits() == exact.to_bits() || (y.is_nan() && exact.is_nan())
        };
        let others = xs.len() - xs.iter().filter(same).count();
        assert!(others <= xs.len() / 1_000_000, "{name}: {others} of {} are not the nearest", xs.len());
    }

    #[test]
    fn functions_of_whole_tensors_are_the_nearest_numbers() {
        nearest("exp", Math::exp, f64::exp);
        nearest("ln", Math::ln, f64::ln);
        nearest("tanh", Math::tanh, f64::tanh);
        nearest("erf", Math::erf, <f64 as Math>::erf);
        let near = |f: fn(f32) -> f32, x: f32| if x.abs() > super::nearest::FAR { f32::NAN } else { f(x) };
        let exact =
            |f: fn(f64) -> f64, x: f64| if x.abs() > super::nearest::FAR.into() { f64::NAN } else { f(x) };
        nearest("sin", |x| near(super::nearest::sin, x), |x| exact(f64::sin, x));
        nearest("cos", |x| near(super::nearest::cos, x), |x| exact(f64::cos, x));
    }

    #[test]
    fn exp_m1_is_within_two_ulp() {
        check("exp_m1", 2.0, Math::exp_m1, f64::exp_m1);
    }

    #[test]
    fn functions_inside_others_are_within_two_ulp() {
        check("exp inside", 2.0, |x| x.exp_at(false), f64::exp);
        check("exp alone", 2.0, |x| x.exp_at(true), f64::exp);
    }

    #[test]
    fn ln_1p_is_within_two_ulp() {
        check("ln_1p", 2.0, Math::ln_1p, f64::ln_1p);
    }

    #[test]
    fn sigmoid_is_as_close_as_torchs() {
        // Where e^−x overflows it is 0, as in torch, whose largest error is 2.4699 ulp, too.
        let sigmoid = |x: f64| if x < -88.722_84 { 0.0 } else { x.sigmoid_at(false) };
        check("sigmoid", 2.47, |x| x.sigmoid_at(false), sigmoid);
    }

    #[test]
    fn erf_inside_others_is_within_two_ulp() {
        check("erf inside", 2.0, Math::erf_inside, <f64 as Math>::erf);
    }

    #[test]
    fn erf_in_f64_matches_known_values() {
        // Computed with 40 digits.
        let known = [
            (0.0, 0.0),
            (1e-10, 1.128_379_167_095_512_6e-10),
            (0.5, 0.520_499_877_813_046_5),
            (1.0, 0.842_700_792_949_714_9),
            (2.0, 0.995_322_265_018_952_7),
            (3.0, 0.999_977_909_503_001_4),
            (4.5, 0.999_999_999_803_383_9),
            (f64::INFINITY, 1.0),
        ];
        for (x, y) in known {
            assert!((Math::erf(x) - y).abs() <= 1e-15 * y, "erf({x})");
            assert_eq!(Math::erf(-x), -Math::erf(x));
        }
        assert!(Math::erf(f64::NAN).is_nan());
    }

    #[test]
    fn signs_of_zero_survive() {
        for f in [Math::exp_m1 as fn(f32) -> f32, Math::ln_1p, Math::tanh, Math::erf] {
            assert_eq!(f(-0.0).to_bits(), (-0.0f32).to_bits());
        }
    }
}
