//! The innermost product for AVX-512: a tile of C held in registers.
//!
//! Up to 24 of the 32 registers are sums: four vectors of 6 rows, three of 8 or two of 12. Each step of `k`
//! loads a vector of B per column and broadcasts an element of A per row: at most 14 loads for 24
//! multiply-adds, where the processors with two multiply-adds a cycle do two loads.

#![allow(clippy::needless_range_loop)] // counted loops over registers are what the compiler unrolls

use super::dots::COLUMNS;
use super::tile::{Finish, Kernels, Tile};
use std::arch::x86_64::*;

const LANES: usize = 16;

pub(super) static KERNELS: Kernels = Kernels {
    lanes: LANES,
    block: 1,
    tiles: &[
        &[
            tile::<1, 1>,
            tile::<2, 1>,
            tile::<3, 1>,
            tile::<4, 1>,
            tile::<5, 1>,
            tile::<6, 1>,
            tile::<7, 1>,
            tile::<8, 1>,
            tile::<9, 1>,
            tile::<10, 1>,
            tile::<11, 1>,
            tile::<12, 1>,
            tile::<13, 1>,
            tile::<14, 1>,
        ],
        &[
            tile::<1, 2>,
            tile::<2, 2>,
            tile::<3, 2>,
            tile::<4, 2>,
            tile::<5, 2>,
            tile::<6, 2>,
            tile::<7, 2>,
            tile::<8, 2>,
            tile::<9, 2>,
            tile::<10, 2>,
            tile::<11, 2>,
            tile::<12, 2>,
        ],
        &[
            tile::<1, 3>,
            tile::<2, 3>,
            tile::<3, 3>,
            tile::<4, 3>,
            tile::<5, 3>,
            tile::<6, 3>,
            tile::<7, 3>,
            tile::<8, 3>,
        ],
        &[tile::<1, 4>, tile::<2, 4>, tile::<3, 4>, tile::<4, 4>, tile::<5, 4>, tile::<6, 4>],
    ],
    transpose: super::avx2::transpose,
    copy,
    pack: super::avx2::pack,
    dots,
};

/// # Safety
///
/// As [`TileFn`](super::tile::TileFn); the processor must have AVX-512F.
#[target_feature(enable = "avx512f")]
unsafe fn tile<const R: usize, const V: usize>(t: &Tile) {
    // Rows side by side, as in a transpose, need one address; others need one each.
    // SAFETY: the caller's promise, passed on.
    unsafe { if t.rsa == 1 { accumulate::<R, V>(t, 1) } else { accumulate::<R, V>(t, t.rsa) } }
}

/// # Safety
///
/// As [`tile`].
#[inline(always)]
unsafe fn accumulate<const R: usize, const V: usize>(t: &Tile, rsa: usize) {
    let last = V - 1;
    let edge = mask(t.cols - last * LANES);
    // SAFETY: the caller promises AVX-512F, and that what the strides address is readable and writable;
    // vector `v` holds columns `v·LANES..`, of which the mask leaves those below `cols`.
    unsafe {
        let mut acc = [[_mm512_setzero_ps(); V]; R];
        let (mut a, mut b) = (t.a, t.b);
        for _ in 0..t.k {
            let mut x = [_mm512_setzero_ps(); V];
            for v in 0..last {
                x[v] = _mm512_loadu_ps(b.add(v * LANES));
            }
            x[last] = _mm512_maskz_loadu_ps(edge, b.add(last * LANES));
            for r in 0..R {
                let w = _mm512_set1_ps(*a.add(r * rsa));
                for v in 0..V {
                    acc[r][v] = _mm512_fmadd_ps(w, x[v], acc[r][v]);
                }
            }
            a = a.wrapping_add(t.csa);
            b = b.wrapping_add(t.rsb);
        }
        let plain = t.finish.is_plain();
        for r in 0..R {
            let c = t.c.wrapping_add(r * t.rsc);
            if plain {
                for v in 0..last {
                    _mm512_storeu_ps(c.wrapping_add(v * LANES), acc[r][v]);
                }
                _mm512_mask_storeu_ps(c.wrapping_add(last * LANES), edge, acc[r][last]);
            } else {
                let sums = acc[r]; // a copy, so that the accumulators themselves need no address
                finish(&t.finish, &sums, c, t.cols);
            }
        }
    }
}

/// Writes one row of a tile with all that C asks for. Kept out of line: one copy serves every size of tile.
///
/// # Safety
///
/// `c` and the bias have `cols` elements to read and write; the processor has AVX-512F.
#[inline(never)]
#[target_feature(enable = "avx512f")]
unsafe fn finish(f: &Finish, sums: &[__m512], c: *mut f32, cols: usize) {
    let (alpha, beta) = (_mm512_set1_ps(f.alpha), _mm512_set1_ps(f.beta));
    for (v, &sum) in sums.iter().enumerate() {
        let mask = mask((cols - v * LANES).min(LANES));
        let c = c.wrapping_add(v * LANES);
        let mut y = _mm512_mul_ps(alpha, sum);
        // SAFETY: the mask leaves only columns below `cols`.
        unsafe {
            if f.beta != 0.0 {
                y = _mm512_fmadd_ps(beta, _mm512_maskz_loadu_ps(mask, c), y);
            }
            if !f.bias.is_null() {
                y = _mm512_add_ps(y, _mm512_maskz_loadu_ps(mask, f.bias.wrapping_add(v * LANES)));
            }
            _mm512_mask_storeu_ps(c, mask, y);
        }
    }
}

/// The lowest `lanes` lanes, of 1 to 16.
#[inline(always)]
fn mask(lanes: usize) -> __mmask16 {
    (u32::MAX >> (32 - lanes)) as __mmask16
}

/// Copies rows of a strip.
///
/// # Safety
///
/// As [`CopyFn`](super::tile::CopyFn).
#[target_feature(enable = "avx512f")]
pub(super) unsafe fn copy(rows: usize, cols: usize, x: *const f32, rsx: usize, y: *mut f32, rsy: usize) {
    let full = cols / LANES * LANES;
    for i in 0..rows {
        let (from, to) = (x.wrapping_add(i * rsx), y.wrapping_add(i * rsy));
        // SAFETY: columns below `cols` of row `i`, the others masked out.
        unsafe {
            for j in (0..full).step_by(LANES) {
                _mm512_storeu_ps(to.wrapping_add(j), _mm512_loadu_ps(from.wrapping_add(j)));
            }
            if full < cols {
                let (j, mask) = (full, mask(cols - full));
                let x = _mm512_maskz_loadu_ps(mask, from.wrapping_add(j));
                _mm512_mask_storeu_ps(to.wrapping_add(j), mask, x);
            }
        }
    }
}

/// # Safety
///
/// As [`DotsFn`](super::tile::DotsFn).
#[target_feature(enable = "avx512f")]
unsafe fn dots(
    k: usize,
    a: *const f32,
    b: *const f32,
    csb: usize,
    columns: usize,
    sums: &mut [f32; COLUMNS],
) {
    let full = k / LANES * LANES;
    // A missing column repeats the last, so that there is one loop.
    let b: [*const f32; COLUMNS] = std::array::from_fn(|j| b.wrapping_add(j.min(columns - 1) * csb));
    let mut acc = [_mm512_setzero_ps(); COLUMNS];
    // SAFETY: `a` and each of `b` have k elements; what is masked out is not read.
    unsafe {
        for p in (0..full).step_by(LANES) {
            let x = _mm512_loadu_ps(a.wrapping_add(p));
            for j in 0..COLUMNS {
                acc[j] = _mm512_fmadd_ps(x, _mm512_loadu_ps(b[j].wrapping_add(p)), acc[j]);
            }
        }
        if full < k {
            let edge = mask(k - full);
            let x = _mm512_maskz_loadu_ps(edge, a.wrapping_add(full));
            for j in 0..COLUMNS {
                acc[j] = _mm512_fmadd_ps(x, _mm512_maskz_loadu_ps(edge, b[j].wrapping_add(full)), acc[j]);
            }
        }
    }
    for (y, sum) in sums.iter_mut().zip(acc) {
        *y = _mm512_reduce_add_ps(sum);
    }
}
