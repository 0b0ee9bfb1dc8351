//! The gamma function's logarithm and the derivatives of that.
//!
//! torch's `digamma` and `trigamma` are these operations one by one, in the precision of the element; they
//! follow the Cephes library (Moshier). Its `lgamma` comes from a closed library, which nearly always rounds
//! correctly; ours is within 3 ulp in `f64` where it is not near one of its zeros below 0, and `f32` is that,
//! rounded.

use std::f64::consts::PI;

const LN_PI: f64 = 1.144_729_885_849_400_2;

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
        if self.is_nan() {
            return self;
        }
        if self.is_infinite() {
            return f64::INFINITY;
        }
        if self > 0.0 {
            return lgamma_above_0(self);
        }
        if self > -1e-17 {
            return -(-self).ln(); // a sine of a subnormal number has lost its digits
        }
        // Γ(x)·Γ(1 − x) = π/sin πx; the distance from the nearest integer is exact.
        let fraction = self - self.round();
        if fraction == 0.0 {
            return f64::INFINITY;
        }
        LN_PI - (PI * fraction).sin().abs().ln() - lgamma_above_0(1.0 - self)
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

/// Six steps up and an asymptotic series; below ½ the reflection `ψ′(x) = π²/sin² πx − ψ′(1 − x)`. The series is
/// rounded as in torch, where the compiler fuses its steps.
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

fn lgamma_above_0(x: f64) -> f64 {
    // The point where ln Γ is least, between its zeros at 1 and 2, and its value there.
    const LEAST: f64 = 1.461_632_144_968_362_2;
    const LEAST_VALUE: f64 = -0.121_486_290_535_849_61;
    const HALF_LN_TAU: f64 = 0.918_938_533_204_672_8;
    if x < 0.73 {
        // ln Γ(x) = ln Γ(1 + x) − ln x
        let next =
            if x < 0.23 { taylor(&AT_ONE, x) } else { LEAST_VALUE + taylor(&AT_LEAST, x - (LEAST - 1.0)) };
        next - x.ln()
    } else if x < 1.23 {
        taylor(&AT_ONE, x - 1.0) + 0.0 // 0 at 1, not −0
    } else if x < 1.73 {
        LEAST_VALUE + taylor(&AT_LEAST, x - LEAST)
    } else if x < 2.5 {
        taylor(&AT_TWO, x - 2.0)
    } else if x < 8.0 {
        // Down to 1.5 … 2.5.
        let (mut y, mut product) = (x, 1.0);
        while y >= 2.5 {
            y -= 1.0;
            product *= y;
        }
        product.ln() + taylor(&AT_TWO, y - 2.0)
    } else {
        (x - 0.5) * (x.ln() - 1.0) + (HALF_LN_TAU - 0.5 + beyond_stirling(x))
    }
}

/// What Stirling's `(x − ½)·ln x − x + ½·ln 2π` lacks of `ln Γ(x)`, from 8 on.
pub(super) fn beyond_stirling(x: f64) -> f64 {
    // B₂ₖ/(2k·(2k − 1))
    const SERIES: [f64; 9] = [
        1.0 / 12.0,
        -1.0 / 360.0,
        1.0 / 1260.0,
        -1.0 / 1680.0,
        1.0 / 1188.0,
        -691.0 / 360_360.0,
        1.0 / 156.0,
        -3617.0 / 122_400.0,
        43_867.0 / 244_188.0,
    ];
    let z = 1.0 / x / x;
    SERIES.iter().rev().fold(0.0, |sum, c| sum * z + c) / x
}

/// `c[0]·z + c[1]·z² + …`
fn taylor(c: &[f64], z: f64) -> f64 {
    c.iter().rev().fold(0.0, |sum, c| sum * z + c) * z
}

// Taylor's series of ln Γ: ψ(a), and then (−1)ᵏ·ζ(k, a)/k for k = 2, 3, …
/// At a = 1, to a distance of 0.27.
const AT_ONE: [f64; 28] = [
    -0.577_215_664_901_532_9,
    0.822_467_033_424_113_2,
    -0.400_685_634_386_531_43,
    0.270_580_808_427_784_54,
    -0.207_385_551_028_673_98,
    0.169_557_176_997_408_2,
    -0.144_049_896_768_846_1,
    0.125_509_669_524_743_04,
    -0.111_334_265_869_564_69,
    0.100_099_457_512_781_8,
    -0.090_954_017_145_829_04,
    0.083_353_840_546_109,
    -0.076_932_516_411_352_2,
    0.071_432_946_295_361_33,
    -0.066_668_705_882_420_46,
    0.062_500_955_141_213_04,
    -0.058_823_978_658_684_585,
    0.055_555_767_627_403_614,
    -0.052_631_679_379_616_66,
    0.050_000_047_698_101_69,
    -0.047_619_070_330_142_226,
    0.045_454_556_293_204_67,
    -0.043_478_266_053_040_26,
    0.041_666_669_150_341_21,
    -0.040_000_001_192_140_14,
    0.038_461_539_034_675_18,
    -0.037_037_037_312_989_324,
    0.035_714_285_847_333_355,
];
/// At the point where ln Γ is least, to a distance of 0.27.
const AT_LEAST: [f64; 22] = [
    -9.241_265_521_729_427e-17,
    0.483_836_122_723_810_6,
    -0.147_587_722_994_530_74,
    0.064_624_940_238_912_77,
    -0.032_788_541_088_481_32,
    0.017_970_675_115_210_402,
    -0.010_314_223_036_636_393,
    0.006_100_536_020_517_891,
    -0.003_684_569_608_316_375_5,
    0.002_259_764_823_221_812,
    -0.001_402_251_445_904_451_8,
    0.000_878_232_634_717_682,
    -0.000_554_194_952_796_682_6,
    0.000_351_912_956_837_847,
    -0.000_224_653_443_695_955_42,
    0.000_144_070_395_420_933_13,
    -9.276_098_655_471_758e-5,
    5.993_473_343_979_432_3e-5,
    -3.884_583_889_452_663e-5,
    2.524_766_329_173_013_5e-5,
    -1.645_085_833_839_562_6e-5,
    1.074_345_525_637_594_8e-5,
];
/// At a = 2, to a distance of ½.
const AT_TWO: [f64; 26] = [
    0.422_784_335_098_467_13,
    0.322_467_033_424_113_2,
    -0.067_352_301_053_198_1,
    0.020_580_808_427_784_546,
    -0.007_385_551_028_673_986,
    0.002_890_510_330_741_523_4,
    -0.001_192_753_911_703_261,
    0.000_509_669_524_743_042_5,
    -0.000_223_154_758_453_579_39,
    9.945_751_278_180_853e-5,
    -4.492_623_673_813_314e-5,
    2.050_721_277_567_069e-5,
    -9.439_488_275_268_397e-6,
    4.374_866_789_907_488e-6,
    -2.039_215_753_801_366e-6,
    9.551_412_130_407_42e-7,
    -4.492_469_198_764_566e-7,
    2.120_718_480_555_466_5e-7,
    -1.004_322_482_396_809_9e-7,
    4.769_810_169_363_980_4e-8,
    -2.271_109_460_894_316_4e-8,
    1.083_865_921_489_695_5e-8,
    -5.183_475_041_970_047e-9,
    2.483_674_543_802_478_5e-9,
    -1.192_140_140_586_091_2e-9,
    5.731_367_241_678_862e-10,
];
