//! The sigmoid and the hyperbolic tangent of oneDNN, which computes torch's LSTM: other approximations than
//! those of `torch.sigmoid` and `torch.tanh`, within 2 ulp as those are, followed operation for operation.

use crate::kernels::math::coarse::exp_of_negative;
use crate::kernels::simd::{Isa, Kernel, dispatch_on};

/// `x ← 1/(1 + e^−x)` for every element.
pub(super) fn sigmoid(isa: Isa, x: &mut [f32]) {
    dispatch_on(isa, Sigmoid(x));
}

/// `x ← tanh x` for every element.
pub(super) fn tanh(isa: Isa, x: &mut [f32]) {
    isa.assert_available();
    match isa {
        // SAFETY: the processor has these instructions.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 => unsafe { tanh_in_registers(x) },
        _ => dispatch_on(isa, Tanh(x)),
    }
}

struct Sigmoid<'a>(&'a mut [f32]);

impl Kernel for Sigmoid<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for x in self.0 {
            let e = exp_of_negative(-x.abs());
            let y = e / (e + 1.0);
            *x = if *x < 0.0 { y } else { 1.0 - y };
        }
    }
}

/// From here on the tangent is not its argument.
const LINEAR: f32 = f32::from_bits(0x39dd_b3d7);
/// From here on it is 1.
const SATURATED: f32 = f32::from_bits(0x4110_2cb3);
/// Half a binade is a piece, and each has a polynomial in the distance from where the piece begins.
const FIRST_PIECE: u32 = 0x3980_0000;
const PIECE: u32 = 0xffc0_0000;

struct Tanh<'a>(&'a mut [f32]);

impl Kernel for Tanh<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for x in self.0 {
            let a = x.abs();
            let piece = (a.to_bits().wrapping_sub(FIRST_PIECE) & PIECE) >> 22;
            let piece = (piece & 31) as usize;
            let t = a - f32::from_bits(a.to_bits() & PIECE);
            let mut p = f32::from_bits(PIECES[6][piece]);
            for degree in (0..6).rev() {
                p = p.mul_add(t, f32::from_bits(PIECES[degree][piece]));
            }
            let p = if a >= SATURATED { 1.0 } else { p };
            let p = if a < LINEAR { a } else { p };
            *x = if x.is_nan() { *x } else { p.copysign(*x) };
        }
    }
}

/// The same, with the tables in registers.
///
/// # Safety
///
/// The processor has AVX-512F and DQ.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq")]
unsafe fn tanh_in_registers(all: &mut [f32]) {
    use std::arch::x86_64::*;
    // SAFETY: a table has 32 numbers; the mask leaves lanes inside the slice.
    unsafe {
        let halves = |degree: usize| {
            let table = PIECES[degree].as_ptr().cast::<f32>();
            (_mm512_loadu_ps(table), _mm512_loadu_ps(table.add(16)))
        };
        let tables: [_; 7] = std::array::from_fn(halves);
        let (piece, sign) = (_mm512_set1_epi32(PIECE as i32), _mm512_set1_epi32(i32::MIN));
        for i in (0..all.len()).step_by(16) {
            let lanes = (all.len() - i).min(16);
            let mask = (u32::MAX >> (32 - lanes)) as __mmask16;
            let place = all.as_mut_ptr().add(i);
            let x = _mm512_maskz_loadu_ps(mask, place);
            let a = _mm512_abs_ps(x);
            let bits = _mm512_castps_si512(a);
            let from = _mm512_and_si512(bits, piece);
            let at = _mm512_sub_epi32(bits, _mm512_set1_epi32(FIRST_PIECE as i32));
            let at = _mm512_srli_epi32::<22>(_mm512_and_si512(at, piece));
            let t = _mm512_sub_ps(a, _mm512_castsi512_ps(from));
            let of = |(low, high)| _mm512_permutex2var_ps(low, at, high);
            let mut p = of(tables[6]);
            for degree in (0..6).rev() {
                p = _mm512_fmadd_ps(p, t, of(tables[degree]));
            }
            let saturated = _mm512_cmp_ps_mask::<_CMP_GE_OQ>(a, _mm512_set1_ps(SATURATED));
            let p = _mm512_mask_mov_ps(p, saturated, _mm512_set1_ps(1.0));
            // A NaN is its own tangent too.
            let itself = !_mm512_cmp_ps_mask::<_CMP_GE_OQ>(a, _mm512_set1_ps(LINEAR));
            let p = _mm512_mask_mov_ps(p, itself, a);
            let signs = _mm512_and_ps(x, _mm512_castsi512_ps(sign));
            _mm512_mask_storeu_ps(place, mask, _mm512_or_ps(p, signs));
        }
    }
}

/// The coefficients of degree 0 to 6, each for all 32 pieces, as the bits of floats.
#[rustfmt::skip] // a table
const PIECES: [[u32; 32]; 7] = [
    [
        0x0000_0000, 0x39bf_ffff, 0x39ff_ffff, 0x3a3f_fffe, 0x3a7f_fffb, 0x3abf_fff7, 0x3aff_ffeb, 0x3b3f_ffdc,
        0x3b7f_ffab, 0x3bbf_ff70, 0x3bff_feab, 0x3c3f_fdc0, 0x3c7f_faab, 0x3cbf_f701, 0x3cff_eaad, 0x3d3f_dc08,
        0x3d7f_aacd, 0x3dbf_7081, 0x3dfe_acc9, 0x3e3d_c7fd, 0x3e7a_cbf5, 0x3eb7_7a9f, 0x3eec_9a9f, 0x3f22_991f,
        0x3f42_f7d6, 0x3f67_b7cc, 0x3f76_ca83, 0x3f7e_bbe9, 0x3f7f_d40c, 0x3f7f_ff32, 0x3f7f_fffc, 0x3f80_0000,
    ],
    [
        0x3f80_0000, 0x3f80_0018, 0x3f7f_ffe8, 0x3f7f_ffda, 0x3f7f_ffdc, 0x3f7f_ffdc, 0x3f7f_ffac, 0x3f7f_ff70,
        0x3f7f_feec, 0x3f7f_fdc0, 0x3f7f_fbed, 0x3f7f_f704, 0x3f7f_eff5, 0x3f7f_dbca, 0x3f7f_bfff, 0x3f7f_7041,
        0x3f7f_009b, 0x3f7d_c36c, 0x3f7c_0aa8, 0x3f77_34b8, 0x3f70_a4de, 0x3f5f_1fd8, 0x3f49_5493, 0x3f18_b9ec,
        0x3ed7_06cb, 0x3e39_0b06, 0x3d90_b11f, 0x3c21_a053, 0x3aaf_7fdb, 0x37cc_c1a3, 0x355c_6733, 0x0000_0000,
    ],
    [
        0x0000_0000, 0xbe4e_0ff1, 0x3d25_b1b1, 0x3d6b_6dab, 0x3c9f_b1d5, 0xbabf_f06f, 0x3c07_b3f6, 0xbb3f_c1bc,
        0x3a9f_5921, 0xbbbf_06f2, 0xbbb0_f402, 0xbc47_db9e, 0xbc73_d5e7, 0xbca2_5bda, 0xbcfc_a780, 0xbd40_e07c,
        0xbd7d_ab03, 0xbdbe_4a0f, 0xbdfb_14a5, 0xbe36_cc8d, 0xbe6b_d102, 0xbe9f_e7c5, 0xbeba_0f10, 0xbec2_06a8,
        0xbea3_c388, 0xbe27_7d62, 0xbd8b_7960, 0xbc20_9f49, 0xbaad_44ca, 0xb7c6_eeac, 0xb663_aa41, 0x0000_0000,
    ],
    [
        0x0000_0000, 0x45b3_ae96, 0xc414_eb20, 0xc450_e02e, 0xc315_2b4e, 0xbead_2f56, 0xc216_2e02, 0xbeb4_bd5a,
        0xc11a_59a4, 0xbed2_f507, 0xc020_d32c, 0x3dd0_f506, 0xbf2a_75e2, 0xbff9_50e3, 0xbed4_7334, 0xbe80_9b8c,
        0xbeb6_4532, 0xbe96_1a5b, 0xbe9b_63ac, 0xbea0_d4b2, 0xbe82_8a77, 0xbe37_8612, 0xbdc2_0908, 0x3d2d_3957,
        0x3dd4_6e89, 0x3db3_f629, 0x3d2c_5e7b, 0x3bd2_0403, 0x3a59_dfae, 0x3770_af45, 0x372c_c014, 0x0000_0000,
    ],
    [
        0x0000_0000, 0xcc98_1a1b, 0x4a7e_dd3d, 0x4ab1_007c, 0x48fe_dd9c, 0x41a5_57b5, 0x477e_e32a, 0x4225_57f5,
        0x45ff_3ce4, 0x42a5_5641, 0x446e_0867, 0xc33d_c19a, 0x4291_5214, 0x43af_4fad, 0x4110_fe88, 0xc109_9b75,
        0x3fc8_a8dc, 0xbfbe_aef5, 0xbe36_5aad, 0x3f4d_9652, 0x3ddf_a08f, 0x3e34_e9b8, 0x3e2d_07a6, 0x3dc6_3567,
        0x3cda_eb78, 0xbcd1_7537, 0xbc92_829c, 0xbb43_ab99, 0xb9b4_71dd, 0xb6ba_ad5a, 0xb78b_afc7, 0x0000_0000,
    ],
    [
        0x0000_0000, 0x52f6_88d5, 0xd050_5c72, 0xd08f_98e3, 0xce50_5cc9, 0xc716_2b8a, 0xcc50_61d6, 0xc716_2bdf,
        0xca50_b37f, 0xc716_2a3a, 0xc842_2086, 0x471a_714e, 0xc5ec_e1f1, 0xc70e_3d90, 0xc3eb_a94a, 0x43e0_c424,
        0xc21f_4552, 0x4221_7cc8, 0x405e_7dc4, 0xc10d_d401, 0x3e96_b602, 0xbd1a_6d2f, 0xbd39_3883, 0xbd67_4682,
        0xbd31_0016, 0xb961_e269, 0x3ba3_2495, 0x3a76_80d5, 0x38b3_173c, 0x35a9_deea, 0x375c_3f2a, 0x0000_0000,
    ],
    [
        0x0000_0000, 0xd899_5ed1, 0x5582_85ea, 0x55b2_cd69, 0x5302_8625, 0x4bc9_991f, 0x5082_898a, 0x4b49_99b3,
        0x4e02_c07c, 0x4ac9_9764, 0x4b72_c822, 0xca40_c0e1, 0x4894_13e4, 0x49b1_2224, 0x4613_4c4e, 0xc60c_2d57,
        0x43c8_3910, 0xc3c8_72d1, 0xc186_bc9e, 0x4232_5bc3, 0xbf2f_fa4a, 0x3d9a_203c, 0xbc54_5a43, 0xbae0_8fee,
        0x3c80_225d, 0x3b1f_d1df, 0xba36_b9d1, 0xb91d_e544, 0xb71f_100f, 0xb408_e2ed, 0xb685_fec8, 0x0000_0000,
    ],
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Every instruction set gives the same bits, close to the functions themselves.
    #[test]
    fn both_functions_are_within_two_units_in_the_last_place() {
        let edges = [0.0, -0.0, f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e-40, 9.0, -9.1, 88.0, -88.0];
        let x: Vec<f32> =
            edges.into_iter().chain((0..200_001).map(|i| (i - 100_000) as f32 * 1e-4)).collect();
        check(&x, sigmoid, |x| 1.0 / (1.0 + (-x).exp()));
        check(&x, tanh, f64::tanh);
    }

    fn check(x: &[f32], function: impl Fn(Isa, &mut [f32]), exact: impl Fn(f64) -> f64) {
        let mut portable = x.to_vec();
        function(Isa::Portable, &mut portable);
        for isa in Isa::available() {
            let mut y = x.to_vec();
            function(isa, &mut y);
            for ((x, y), portable) in x.iter().zip(y).zip(&portable) {
                assert!(y.to_bits() == portable.to_bits() || y.is_nan() && portable.is_nan(), "of {x}");
            }
        }
        for (&x, y) in x.iter().zip(portable) {
            let expected = exact(f64::from(x));
            let unit = f64::from(f32::EPSILON) * expected.abs().max(f64::from(f32::MIN_POSITIVE));
            let near = (f64::from(y) - expected).abs() <= 2.0 * unit.max(f64::from(f32::EPSILON) / 8.0);
            assert!(near || x.is_nan() && y.is_nan(), "{y} of {x}, not {expected}");
        }
    }
}
