//! Box–Muller (*A note on the generation of random normal deviates*, 1958) on whole blocks, rounded as
//! torch's builds for AVX2 and AVX-512 processors round.

#![allow(clippy::excessive_precision)] // coefficients keep the digits they were published with

use crate::kernels::simd::{Kernel, dispatch};

/// The block that torch transforms at once: eight radii, then eight angles.
pub(super) const BLOCK: usize = 16;

/// Turns uniforms in [0, 1) into normals, block by block:
/// `out[j] = r·cos θ`, `out[j + 8] = r·sin θ` with `r = √(−2·ln(1 − x[j]))`, `θ = 2π·x[j + 8]`, for j < 8.
///
/// # Panics
///
/// If the length is no multiple of [`BLOCK`].
pub(super) fn blocks_f32(x: &mut [f32], mean: f32, std: f32) {
    dispatch(Blocks { x: x.as_chunks_mut().0, mean, std });
}

/// The same in double precision, where torch calls the C library.
pub(super) fn blocks_f64(x: &mut [f64], mean: f64, std: f64) {
    for block in x.as_chunks_mut::<BLOCK>().0 {
        for j in 0..BLOCK / 2 {
            let r = (-2.0 * (1.0 - block[j]).ln()).sqrt();
            let (sin, cos) = (std::f64::consts::TAU * block[j + 8]).sin_cos();
            block[j] = (r * cos).mul_add(std, mean);
            block[j + 8] = (r * sin).mul_add(std, mean);
        }
    }
}

struct Blocks<'a> {
    x: &'a mut [[f32; BLOCK]],
    mean: f32,
    std: f32,
}

impl Kernel for Blocks<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for block in self.x {
            let (first, second) = block.split_at_mut(BLOCK / 2);
            for (a, b) in first.iter_mut().zip(second) {
                let r = (-2.0 * ln(1.0 - *a)).sqrt();
                let (sin, cos) = sin_cos(std::f32::consts::TAU * *b);
                *a = (r * cos).mul_add(self.std, self.mean);
                *b = (r * sin).mul_add(self.std, self.mean);
            }
        }
    }
}

/// `ln x` for normal positive `x`: Cephes `logf`, fused where torch's build fuses.
#[inline(always)]
fn ln(x: f32) -> f32 {
    const P: [f32; 9] = [
        7.0376836292e-2,
        -1.1514610310e-1,
        1.1676998740e-1,
        -1.2420140846e-1,
        1.4249322787e-1,
        -1.6668057665e-1,
        2.0000714765e-1,
        -2.4999993993e-1,
        3.3333331174e-1,
    ];
    // ln 2 in two parts; the larger has so few bits that its product with the exponent is exact.
    const LN2_HIGH: f32 = 0.693359375;
    const LN2_LOW: f32 = -2.12194440e-4;

    // x = m·2ᵉ with √½ ≤ m < √2.
    let bits = x.to_bits();
    let m = f32::from_bits((bits & 0x007f_ffff) | 0x3f00_0000);
    let e = (bits >> 23) as i32 - 126;
    let small = m < std::f32::consts::FRAC_1_SQRT_2;
    let e = (if small { e - 1 } else { e }) as f32;
    let t = if small { (m - 1.0) + m } else { m - 1.0 };

    let t2 = t * t;
    let mut y = P[0];
    for p in &P[1..] {
        y = y.mul_add(t, *p);
    }
    let y = (y * t).mul_add(t2, e * LN2_LOW);
    let y = t2.mul_add(-0.5, y);
    e.mul_add(LN2_HIGH, t + y)
}

/// `(sin x, cos x)` for 0 ≤ `x` < 8192: Cephes `sinf` and `cosf`, fused where torch's build fuses.
#[inline(always)]
fn sin_cos(x: f32) -> (f32, f32) {
    // π/4 in three parts, for a remainder with more bits than one subtraction would leave.
    const DP: [f32; 3] = [0.78515625, 2.4187564849853515625e-4, 3.77489497744594108e-8];

    let octant = (((x * (4.0 / std::f32::consts::PI)) as i32) + 1) & !1;
    let n = octant as f32;
    let x = n.mul_add(-DP[0], x);
    let x = n.mul_add(-DP[1], x);
    let x = n.mul_add(-DP[2], x);
    let z = x * x;

    let c = 2.443315711809948e-5f32.mul_add(z, -1.388731625493765e-3).mul_add(z, 4.166664568298827e-2);
    let c = (c * z).mul_add(z, z * -0.5) + 1.0;
    let s = (-1.9515295891e-4f32).mul_add(z, 8.3321608736e-3).mul_add(z, -1.6666654611e-1);
    let s = (s * z).mul_add(x, x);

    let (sin, cos) = if octant & 2 == 0 { (s, c) } else { (c, s) };
    let sin_sign = ((octant & 4) as u32) << 29;
    let cos_sign = (!(octant - 2) & 4) as u32;
    (f32::from_bits(sin.to_bits() ^ sin_sign), f32::from_bits(cos.to_bits() ^ (cos_sign << 29)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::simd::{Isa, dispatch_on};

    /// Every 24-bit uniform once as a radius, and as an angle in another order.
    fn uniforms() -> Vec<[f32; BLOCK]> {
        let u = |i: u32| (i & 0xff_ffff) as f32 * 2f32.powi(-24);
        (0..1 << 21)
            .map(|block| {
                std::array::from_fn(|j| u((block * 8 + j as u32 % 8).wrapping_mul([1, 0x9e_3779][j / 8])))
            })
            .collect()
    }

    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        let first = uniforms()[..4096].to_vec();
        let run = |isa| {
            let mut x = first.clone();
            dispatch_on(isa, Blocks { x: &mut x, mean: 0.5, std: 3.0 });
            x
        };
        let portable = run(Isa::Portable);
        assert!(Isa::available().all(|isa| run(isa) == portable));
    }

    #[test]
    fn every_uniform_gives_a_normal_within_the_rounding_of_its_angle() {
        let given = uniforms();
        let mut x = given.clone();
        blocks_f32(x.as_flattened_mut(), 0.0, 1.0);
        for (u, x) in given.iter().zip(&x) {
            for j in 0..BLOCK / 2 {
                let r = (-2.0 * (1.0 - f64::from(u[j])).ln()).sqrt();
                let (sin, cos) = (std::f64::consts::TAU * f64::from(u[j + 8])).sin_cos();
                // In units of the radius: an angle below 2π is itself rounded by up to two of them.
                let bound = 4.0 * f64::from(f32::EPSILON) * r;
                assert!((f64::from(x[j]) - r * cos).abs() <= bound, "{} {}: {}", u[j], u[j + 8], x[j]);
                assert!(
                    (f64::from(x[j + 8]) - r * sin).abs() <= bound,
                    "{} {}: {}",
                    u[j],
                    u[j + 8],
                    x[j + 8]
                );
            }
        }
    }
}
