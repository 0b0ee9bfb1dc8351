//! The functions of single elements that a loop over vectors leaves over, where torch calls the C library.

/// `eˣ` as glibc's `expf` has it since 2.27 (Szabolcs Nagy, Arm's optimized routines): `2^(k/32)` from a
/// table, and a cubic for the rest, in f64. Within 0.502 ulp.
#[inline]
pub(super) fn exp(x: f32) -> f32 {
    const INV_LN2: f64 = std::f64::consts::LOG2_E * 32.0;
    // Adding 1.5·2⁵² rounds to an integer and leaves it in the low bits of the sum.
    const MAGIC: f64 = 6_755_399_441_055_744.0;
    // Of 2^(r/32).
    const C: [f64; 3] = [
        f64::from_bits(0x3fac_6af8_4b91_2394) / 32768.0,
        f64::from_bits(0x3fce_bfce_50fa_c4f3) / 1024.0,
        f64::from_bits(0x3fe6_2e42_ff0c_52d6) / 32.0,
    ];
    if x.is_nan() || x == f32::INFINITY {
        return x;
    }
    if x > f32::from_bits(0x42b1_7217) {
        return f32::INFINITY; // from 128·ln 2 on
    }
    if x < -103.972_08 {
        return 0.0; // below 2⁻¹⁵⁰
    }
    let z = INV_LN2 * f64::from(x);
    let shifted = z + MAGIC;
    let k = shifted.to_bits();
    let r = z - (shifted - MAGIC);
    let scale = f64::from_bits(ROOTS[(k % 32) as usize].wrapping_add((k >> 5) << 52));
    let tail = C[0].mul_add(r, C[1]);
    let y = tail.mul_add(r * r, C[2].mul_add(r, 1.0));
    (y * scale) as f32
}

/// The bits of `2^(i/32)`.
const ROOTS: [u64; 32] = [
    0x3ff0_0000_0000_0000,
    0x3ff0_59b0_d315_8574,
    0x3ff0_b558_6cf9_890f,
    0x3ff1_1301_d012_5b51,
    0x3ff1_72b8_3c7d_517b,
    0x3ff1_d487_3168_b9aa,
    0x3ff2_387a_6e75_6238,
    0x3ff2_9e9d_f51f_dee1,
    0x3ff3_06fe_0a31_b715,
    0x3ff3_71a7_373a_a9cb,
    0x3ff3_dea6_4c12_3422,
    0x3ff4_4e08_6061_892d,
    0x3ff4_bfda_d536_2a27,
    0x3ff5_342b_569d_4f82,
    0x3ff5_ab07_dd48_5429,
    0x3ff6_247e_b03a_5585,
    0x3ff6_a09e_667f_3bcd,
    0x3ff7_1f75_e8ec_5f74,
    0x3ff7_a114_73eb_0187,
    0x3ff8_2589_994c_ce13,
    0x3ff8_ace5_422a_a0db,
    0x3ff9_3737_b0cd_c5e5,
    0x3ff9_c491_82a3_f090,
    0x3ffa_5503_b23e_255d,
    0x3ffa_e89f_995a_d3ad,
    0x3ffb_7f76_f2fb_5e47,
    0x3ffc_199b_dd85_529c,
    0x3ffc_b720_dcef_9069,
    0x3ffd_5818_dcfb_a487,
    0x3ffd_fc97_337b_9b5f,
    0x3ffe_a4af_a2a4_90da,
    0x3fff_5076_5b6e_4540,
];

#[cfg(test)]
mod tests {
    use super::exp;

    #[test]
    fn nearly_every_number_is_the_nearest() {
        let (mut others, mut count) = (0, 0);
        for bits in (0..0x42d0_0000u32).step_by(977) {
            for x in [f32::from_bits(bits), -f32::from_bits(bits)] {
                let (y, nearest) = (exp(x), f64::from(x).exp() as f32);
                assert!(
                    y == nearest || y.to_bits().abs_diff(nearest.to_bits()) == 1,
                    "{x:e}: {y:e}, {nearest:e}"
                );
                others += usize::from(y != nearest);
                count += 1;
            }
        }
        assert!(others * 500 < count, "{others} of {count}");
    }

    #[test]
    fn ends_of_the_range() {
        assert_eq!(
            [f32::INFINITY, 88.8, f32::NEG_INFINITY, -104.0].map(exp),
            [f32::INFINITY, f32::INFINITY, 0.0, 0.0]
        );
        assert_eq!([0.0, -0.0].map(exp), [1.0, 1.0]);
        assert_eq!(exp(-103.9).to_bits(), 1);
        assert!(exp(f32::NAN).is_nan());
    }
}
