//! The steps of x86-64 processors.

use std::arch::x86_64::*;

use super::LANES;

/// `s = x·r`, then `s + ½r·(x − s²)`, for an estimate `r` of `1/√x` that is good to 14 bits.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn newton_fused(x: [f32; LANES]) -> [f32; LANES] {
    refine(x, |x| {
        let r = _mm512_rsqrt14_ps(x);
        let (s, half) = (_mm512_mul_ps(x, r), _mm512_mul_ps(r, _mm512_set1_ps(0.5)));
        _mm512_fmadd_ps(_mm512_fnmadd_ps(s, s, x), half, s)
    })
}

/// The same for an estimate of 12 bits, which is refined together with the root first; `x − s²` and what
/// follows are not fused. Halves are exact, so they may be.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx2")]
pub(super) fn newton(x: [f32; LANES]) -> [f32; LANES] {
    refine(x, |x| {
        let low = _mm256_rsqrt_ps(_mm512_castps512_ps256(x));
        let high = _mm256_rsqrt_ps(_mm512_extractf32x8_ps::<1>(x));
        let r = _mm512_insertf32x8::<1>(_mm512_castps256_ps512(low), high);
        let half = _mm512_set1_ps(0.5);
        let s = _mm512_mul_ps(x, r);
        let e = _mm512_fnmadd_ps(half, _mm512_mul_ps(s, r), half);
        let s = _mm512_add_ps(_mm512_mul_ps(s, e), s);
        let r = _mm512_add_ps(_mm512_mul_ps(r, e), r);
        let left = _mm512_sub_ps(x, _mm512_mul_ps(s, s));
        _mm512_fmadd_ps(_mm512_mul_ps(left, r), half, s)
    })
}

/// [`newton`] in halves.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(super) fn newton_avx2(x: [f32; LANES]) -> [f32; LANES] {
    let mut roots = x;
    for (x, y) in x.chunks_exact(8).zip(roots.chunks_exact_mut(8)) {
        // SAFETY: 8 floats.
        let x = unsafe { _mm256_loadu_ps(x.as_ptr()) };
        let r = _mm256_rsqrt_ps(x);
        let half = _mm256_set1_ps(0.5);
        let s = _mm256_mul_ps(x, r);
        let e = _mm256_fnmadd_ps(half, _mm256_mul_ps(s, r), half);
        let s = _mm256_add_ps(_mm256_mul_ps(s, e), s);
        let r = _mm256_add_ps(_mm256_mul_ps(r, e), r);
        let left = _mm256_sub_ps(x, _mm256_mul_ps(s, s));
        let mut root = _mm256_fmadd_ps(_mm256_mul_ps(left, r), half, s);
        // As in `refine`.
        let nan = _mm256_cmp_ps::<_CMP_UNORD_Q>(root, root);
        if _mm256_movemask_ps(nan) != 0 {
            root = _mm256_blendv_ps(root, _mm256_sqrt_ps(x), nan);
        }
        // SAFETY: 8 floats.
        unsafe { _mm256_storeu_ps(y.as_mut_ptr(), root) };
    }
    roots
}

/// `1/√(1 − e)` is `1 + e·(SERIES[0] + e·(SERIES[1] + …))` for the error `e = 1 − x·r²` of an estimate `r`
/// of `1/√x` that is good to 12 bits. The numbers were found from torch's roots.
const SERIES: [f64; 4] = [
    f64::from_bits(0x3fdf_ffff_ffff_fe71),
    f64::from_bits(0x3fd8_0000_0000_00f6),
    f64::from_bits(0x3fd4_0000_b130_09da),
    f64::from_bits(0x3fd1_8000_3227_2ad9),
];

/// The bits of an f64's exponent, of 1 in it, and of the digits that the estimate sees.
const EXPONENT: i64 = 0x7ff0_0000_0000_0000;
const ONE: i64 = 0x3ff0_0000_0000_0000;
const SEEN: i64 = !0x1fff_ffff;

/// `x·r + (x·(e·p·r) + ρ)` with the estimate `r`, its error `e`, the series `p` and what `x·r` lost by its
/// rounding, `ρ`; `x` is first brought between 1 and 4 by a power of 4.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
pub(super) fn series(x: [f64; LANES]) -> [f64; LANES] {
    let mut roots = x;
    let whole = |bits| _mm512_set1_epi64(bits);
    for (x, y) in x.chunks_exact(8).zip(roots.chunks_exact_mut(8)) {
        // SAFETY: 8 doubles.
        let arg = unsafe { _mm512_loadu_pd(x.as_ptr()) };
        let bits = _mm512_castpd_si512(arg);
        let exponent = _mm512_srli_epi64::<52>(bits);
        let even = _mm512_andnot_si512(exponent, whole(1));
        let start = _mm512_add_epi64(whole(ONE), _mm512_slli_epi64::<52>(even));
        let scaled = _mm512_or_si512(_mm512_andnot_si512(whole(EXPONENT), bits), start);
        let half = _mm512_srli_epi64::<1>(_mm512_add_epi64(exponent, whole(1023)));
        let scale = _mm512_castsi512_pd(_mm512_slli_epi64::<52>(half));
        let x = _mm512_castsi512_pd(scaled);
        let seen = _mm512_castsi512_pd(_mm512_and_si512(scaled, whole(SEEN)));
        let r = _mm512_cvtps_pd(_mm256_rsqrt_ps(_mm512_cvtpd_ps(seen)));
        let e = _mm512_fnmadd_pd(x, _mm512_mul_pd(r, r), _mm512_set1_pd(1.0));
        let [p, more @ ..] = [3, 2, 1, 0].map(|i| _mm512_set1_pd(SERIES[i]));
        let p = more.into_iter().fold(p, |p, c| _mm512_fmadd_pd(p, e, c));
        let s = _mm512_mul_pd(x, r);
        let lost = _mm512_fmsub_pd(x, r, s);
        let more = _mm512_mul_pd(x, _mm512_mul_pd(_mm512_mul_pd(e, p), r));
        let root = _mm512_mul_pd(_mm512_add_pd(s, _mm512_add_pd(more, lost)), scale);
        // As in `refine`: what is not a positive normal number.
        let rest = _mm512_cmp_epu64_mask::<_MM_CMPINT_NLT>(
            _mm512_sub_epi64(bits, whole(1 << 52)),
            whole(EXPONENT - (1 << 52)),
        );
        let root = _mm512_mask_sqrt_pd(root, rest, arg);
        // SAFETY: 8 doubles.
        unsafe { _mm512_storeu_pd(y.as_mut_ptr(), root) };
    }
    roots
}

/// [`series`] in halves.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(super) fn series_avx2(x: [f64; LANES]) -> [f64; LANES] {
    let mut roots = x;
    let whole = |bits| _mm256_set1_epi64x(bits);
    for (x, y) in x.chunks_exact(4).zip(roots.chunks_exact_mut(4)) {
        // SAFETY: 4 doubles.
        let arg = unsafe { _mm256_loadu_pd(x.as_ptr()) };
        let bits = _mm256_castpd_si256(arg);
        let exponent = _mm256_srli_epi64::<52>(bits);
        let even = _mm256_andnot_si256(exponent, whole(1));
        let start = _mm256_add_epi64(whole(ONE), _mm256_slli_epi64::<52>(even));
        let scaled = _mm256_or_si256(_mm256_andnot_si256(whole(EXPONENT), bits), start);
        let half = _mm256_srli_epi64::<1>(_mm256_add_epi64(exponent, whole(1023)));
        let scale = _mm256_castsi256_pd(_mm256_slli_epi64::<52>(half));
        let x = _mm256_castsi256_pd(scaled);
        let seen = _mm256_castsi256_pd(_mm256_and_si256(scaled, whole(SEEN)));
        let r = _mm256_cvtps_pd(_mm_rsqrt_ps(_mm256_cvtpd_ps(seen)));
        let e = _mm256_fnmadd_pd(x, _mm256_mul_pd(r, r), _mm256_set1_pd(1.0));
        let [p, more @ ..] = [3, 2, 1, 0].map(|i| _mm256_set1_pd(SERIES[i]));
        let p = more.into_iter().fold(p, |p, c| _mm256_fmadd_pd(p, e, c));
        let s = _mm256_mul_pd(x, r);
        let lost = _mm256_fmsub_pd(x, r, s);
        let more = _mm256_mul_pd(x, _mm256_mul_pd(_mm256_mul_pd(e, p), r));
        let root = _mm256_mul_pd(_mm256_add_pd(s, _mm256_add_pd(more, lost)), scale);
        // As in `refine`: what is not a positive normal number. Negative numbers are the smallest here.
        let normal = _mm256_and_si256(
            _mm256_cmpgt_epi64(bits, whole((1 << 52) - 1)),
            _mm256_cmpgt_epi64(whole(EXPONENT), bits),
        );
        let root = _mm256_blendv_pd(_mm256_sqrt_pd(arg), root, _mm256_castsi256_pd(normal));
        // SAFETY: 4 doubles.
        unsafe { _mm256_storeu_pd(y.as_mut_ptr(), root) };
    }
    roots
}

/// `root` where Newton's step gives a number; 0 and infinity, whose estimates are infinity and 0, NaN and
/// what is negative or subnormal get the processor's own root.
#[inline]
#[target_feature(enable = "avx512f")]
fn refine(x: [f32; LANES], root: impl Fn(__m512) -> __m512) -> [f32; LANES] {
    // SAFETY: 16 floats.
    let arg = unsafe { _mm512_loadu_ps(x.as_ptr()) };
    let mut y = root(arg);
    let nan = _mm512_cmp_ps_mask::<_CMP_UNORD_Q>(y, y);
    if nan != 0 {
        y = _mm512_mask_sqrt_ps(y, nan, arg);
    }
    let mut roots = x;
    // SAFETY: as above.
    unsafe { _mm512_storeu_ps(roots.as_mut_ptr(), y) };
    roots
}
