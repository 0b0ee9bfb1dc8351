//! Functions of `f32` that give the nearest number, as near as can be: they compute in `f64`, with 2⁻³⁸ or
//! less of the value to spare, so that one result in a million is rounded the wrong way. The polynomials
//! interpolate at Chebyshev's points.

use std::f64::consts::{FRAC_2_PI, LN_2, LOG2_E};

/// Adding 1.5·2⁵² rounds to an integer and leaves it in the low bits of the sum.
const MAGIC: f64 = 6_755_399_441_055_744.0;

/// Compiles to a blend, where `if` may become a branch that stops vectorisation.
#[inline(always)]
fn select(condition: bool, yes: f64, no: f64) -> f64 {
    if condition { yes } else { no }
}

/// `p[0] + p[1]·x + p[2]·x² + …`, each step rounded once.
#[inline(always)]
fn polynomial<const N: usize>(p: &[f64; N], x: f64) -> f64 {
    let mut y = p[N - 1];
    let mut i = N - 1;
    while i > 0 {
        i -= 1;
        y = y.mul_add(x, p[i]);
    }
    y
}

/// `2ⁿ` and `eʳ − 1` with `x = n·ln 2 + r`, `|r| ≤ ½ ln 2`, for −1000 < x < 1000.
#[inline(always)]
fn exp_parts(x: f64) -> (f64, f64) {
    // (eʳ − 1 − r)/r²
    const P: [f64; 8] = [
        0.499_999_999_999_550_8,
        0.166_666_666_666_625_83,
        0.041_666_666_786_320_46,
        0.008_333_333_344_207_954,
        0.001_388_883_909_538_494_5,
        0.000_198_412_245_858_548_1,
        2.486_788_029_453_951e-5,
        2.761_757_397_765_73e-6,
    ];
    let shifted = x.mul_add(LOG2_E, MAGIC);
    let n = shifted - MAGIC;
    let r = n.mul_add(-LN_2, x);
    let power = f64::from_bits((shifted.to_bits() << 52).wrapping_add(1023 << 52));
    (power, (r * r).mul_add(polynomial(&P, r), r))
}

/// `eˣ`
#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    // Beyond these the result is 0 or ∞ whatever x is; a NaN passes both tests.
    let x = f64::from(x);
    let x = select(x > 89.0, 89.0, x);
    let x = select(x < -104.0, -104.0, x);
    let (power, rest) = exp_parts(x);
    power.mul_add(rest, power) as f32
}

/// `ln x`
#[inline(always)]
pub(super) fn ln(x: f32) -> f32 {
    // (ln m − 2s)/s³ of s², where s = (m − 1)/(m + 1)
    const P: [f64; 6] = [
        0.666_666_666_666_620_7,
        0.400_000_000_112_311_8,
        0.285_714_241_304_909_74,
        0.222_228_631_324_377_1,
        0.181_401_565_501_628_1,
        0.166_223_798_855_616_4,
    ];
    const SQRT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
    // Subtracting the bits of √½ carries into the exponent exactly when the mantissa is at least √½.
    let bits = f64::from(x).to_bits().wrapping_sub(SQRT_HALF);
    let e = f64::from_bits(((bits as i64 >> 52) as u64).wrapping_add(MAGIC.to_bits())) - MAGIC;
    let m = f64::from_bits((bits & 0x000f_ffff_ffff_ffff).wrapping_add(SQRT_HALF));
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    let y = e.mul_add(LN_2, s.mul_add(2.0, s * z * polynomial(&P, z))) as f32;
    let y = if x == f32::INFINITY { x } else { y };
    let y = if x == 0.0 { f32::NEG_INFINITY } else { y };
    if x < 0.0 || x.is_nan() { f32::NAN } else { y }
}

/// `tanh x`
#[inline(always)]
pub(super) fn tanh(x: f32) -> f32 {
    // (e^2a − 1)/(e^2a + 1), which rounds to 1 from a = 9.02 on.
    let a = f64::from(x.abs());
    let (power, rest) = exp_parts(select(a > 10.0, 20.0, 2.0 * a));
    let e = power.mul_add(rest, power - 1.0);
    ((e / (e + 2.0)) as f32).copysign(x)
}

/// `erf x`
#[inline(always)]
pub(super) fn erf(x: f32) -> f32 {
    // erf(x) = x·S(x²) up to 1; then 1 − e^−L(x), which rounds to 1 from x = 3.92 on.
    const S: [f64; 10] = [
        1.128_379_167_095_494,
        -0.376_126_389_028_086_15,
        0.112_837_916_585_487_13,
        -0.026_866_169_050_599_326,
        0.005_223_967_193_543_9,
        -0.000_854_793_373_651_963_3,
        0.000_120_462_612_697_797_98,
        -1.479_503_140_066_204_5e-5,
        1.530_637_316_364_108_4e-6,
        -1.046_911_033_215_120_8e-7,
    ];
    const L: [f64; 14] = [
        -1.241_670_148_895_055_7e-5,
        1.128_460_087_748_577,
        0.636_389_119_991_015_2,
        0.103_139_783_006_905_43,
        -0.019_456_397_013_447_92,
        -0.000_116_233_434_294_193_43,
        0.001_858_486_405_148_897_6,
        -0.000_857_356_931_397_098_2,
        0.000_242_316_066_226_206_25,
        -4.800_614_540_279_634e-5,
        6.731_078_467_180_894e-6,
        -6.403_334_473_265_954e-7,
        3.718_648_285_373_838_5e-8,
        -9.964_096_547_230_344e-10,
    ];
    let a = f64::from(x.abs());
    let small = a * polynomial(&S, a * a);
    let (power, rest) = exp_parts(-polynomial(&L, select(a > 4.0, 4.0, a)));
    let large = 1.0 - power.mul_add(rest, power);
    let y = select(a < 1.0, small, large) as f32;
    let y = if x.is_nan() { x } else { y };
    y.copysign(x)
}

/// Up to here [`sin`] and [`cos`] know which multiple of π is near.
pub(crate) const FAR: f32 = 1e15;

/// `sin x` for |x| ≤ [`FAR`].
#[inline(always)]
pub(crate) fn sin(x: f32) -> f32 {
    let y = turned(x, 0);
    if x == 0.0 { x } else { y }
}

/// `cos x` for |x| ≤ [`FAR`].
#[inline(always)]
pub(crate) fn cos(x: f32) -> f32 {
    turned(x, 1)
}

/// `sin(x + turns·π/2)`
#[inline(always)]
fn turned(x: f32, turns: u64) -> f32 {
    // (sin r − r)/r³ and (cos r − 1 + r²/2)/r⁴ of r²
    const SIN: [f64; 5] = [
        -0.166_666_666_666_638_5,
        0.008_333_333_331_056_203,
        -0.000_198_412_668_946_272_23,
        2.755_598_417_308_808_3e-6,
        -2.480_501_120_748_655_7e-8,
    ];
    const COS: [f64; 5] = [
        0.041_666_666_666_664_65,
        -0.001_388_888_888_726_088_2,
        2.480_158_519_500_136_6e-5,
        -2.755_636_486_380_7e-7,
        2.070_015_349_613_916e-9,
    ];
    const HALF_PI: f64 = std::f64::consts::FRAC_PI_2;
    const HALF_PI_REST: f64 = 6.123_233_995_736_766e-17;
    let y = f64::from(x);
    let shifted = y.mul_add(FRAC_2_PI, MAGIC);
    let n = shifted - MAGIC;
    let r = n.mul_add(-HALF_PI_REST, n.mul_add(-HALF_PI, y));
    let z = r * r;
    let sin = (r * z).mul_add(polynomial(&SIN, z), r);
    let cos = (z * z).mul_add(polynomial(&COS, z), z.mul_add(-0.5, 1.0));
    let quarter = shifted.to_bits().wrapping_add(turns);
    let y = if quarter & 1 == 0 { sin } else { cos };
    f64::from_bits(y.to_bits() ^ (quarter & 2) << 62) as f32
}
