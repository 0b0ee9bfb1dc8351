//! The innermost product for AVX2 and FMA: a tile of C held in registers, and the 8×8 transpose.
//!
//! Of the 16 registers 12 are sums (6 rows of two vectors), two hold B, one a
//! broadcast element of A, one the mask.

#![allow(clippy::needless_range_loop)] // counted loops over registers are what the compiler unrolls

use super::dots::COLUMNS;
use super::tile::{Finish, Kernels, MAX_BLOCK, Tile};
use std::arch::x86_64::*;

const LANES: usize = 8;

/// Strips of B that a tile's rows of A meet while they are in the first-level cache: with the
/// deepest stretch they fill most of a second-level cache of 512 KB, and C is written along its rows
/// (`X·Wᵀ` with a batch of 512 and 784 → 400, busy EPYC of the third generation: 67 to 83 GFLOP/s
/// instead of 55 to 68 strip by strip).
const BLOCK: usize = MAX_BLOCK;

pub(super) static KERNELS: Kernels = Kernels {
    lanes: LANES,
    block: BLOCK,
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
        ],
        &[tile::<1, 2>, tile::<2, 2>, tile::<3, 2>, tile::<4, 2>, tile::<5, 2>, tile::<6, 2>],
    ],
    transpose,
    copy,
    pack,
    dots,
};

/// # Safety
///
/// As [`TileFn`](super::tile::TileFn); the processor must have AVX2 and FMA.
#[target_feature(enable = "avx2,fma")]
unsafe fn tile<const R: usize, const V: usize>(t: &Tile) {
    // Masked loads and stores are slow on some of these processors, so only the edge of C has them. Rows side
    // by side, as in a transpose, need one address; others need one each.
    // SAFETY: the caller's promise, passed on.
    unsafe {
        match (t.cols == V * LANES, t.rsa == 1) {
            (true, true) => accumulate::<R, V, true>(t, 1),
            (true, false) => accumulate::<R, V, true>(t, t.rsa),
            (false, true) => accumulate::<R, V, false>(t, 1),
            (false, false) => accumulate::<R, V, false>(t, t.rsa),
        }
    }
}

/// # Safety
///
/// As [`tile`].
#[inline(always)]
unsafe fn accumulate<const R: usize, const V: usize, const FULL: bool>(t: &Tile, rsa: usize) {
    let last = V - 1;
    // SAFETY: the caller promises AVX2 and FMA, and that what the strides address is readable and writable;
    // vector `v` holds columns `v·LANES..`, of which the mask leaves those below `cols`.
    unsafe {
        let edge = mask(t.cols - last * LANES);
        let mut acc = [[_mm256_setzero_ps(); V]; R];
        let (mut a, mut b) = (t.a, t.b);
        for _ in 0..t.k {
            let mut x = [_mm256_setzero_ps(); V];
            for v in 0..last {
                x[v] = _mm256_loadu_ps(b.add(v * LANES));
            }
            x[last] = if FULL {
                _mm256_loadu_ps(b.add(last * LANES))
            } else {
                _mm256_maskload_ps(b.add(last * LANES), edge)
            };
            for r in 0..R {
                let w = _mm256_broadcast_ss(&*a.add(r * rsa));
                for v in 0..V {
                    acc[r][v] = _mm256_fmadd_ps(w, x[v], acc[r][v]);
                }
            }
            a = a.wrapping_add(t.csa);
            b = b.wrapping_add(t.rsb);
        }
        if t.finish.is_plain() {
            for r in 0..R {
                let c = t.c.wrapping_add(r * t.rsc);
                for v in 0..V {
                    store::<FULL>(v == last, edge, c.wrapping_add(v * LANES), acc[r][v]);
                }
            }
        } else if t.finish.only_adds() {
            for r in 0..R {
                let c = t.c.wrapping_add(r * t.rsc);
                for v in 0..V {
                    let c = c.wrapping_add(v * LANES);
                    let x = if FULL || v < last { _mm256_loadu_ps(c) } else { _mm256_maskload_ps(c, edge) };
                    store::<FULL>(v == last, edge, c, _mm256_add_ps(x, acc[r][v]));
                }
            }
        } else {
            for r in 0..R {
                let sums = acc[r]; // a copy, so that the accumulators themselves need no address
                finish(&t.finish, &sums, t.c.wrapping_add(r * t.rsc), t.cols);
            }
        }
    }
}

/// Stores a vector of a tile, of which the last one of a tile that is not `FULL` is masked.
///
/// # Safety
///
/// `c` is writable for the lanes stored, and the processor has AVX2.
#[inline(always)]
unsafe fn store<const FULL: bool>(last: bool, edge: __m256i, c: *mut f32, x: __m256) {
    // SAFETY: the caller's promise.
    unsafe { if FULL || !last { _mm256_storeu_ps(c, x) } else { _mm256_maskstore_ps(c, edge, x) } }
}

/// Writes one row of a tile with all that C asks for. Kept out of line: one copy serves every size of tile.
///
/// # Safety
///
/// `c` and the bias have `cols` elements to read and write; the processor has AVX2 and FMA.
#[inline(never)]
#[target_feature(enable = "avx2,fma")]
unsafe fn finish(f: &Finish, sums: &[__m256], c: *mut f32, cols: usize) {
    let (alpha, beta) = (_mm256_set1_ps(f.alpha), _mm256_set1_ps(f.beta));
    for (v, &sum) in sums.iter().enumerate() {
        let lanes = (cols - v * LANES).min(LANES);
        let mask = mask(lanes);
        let c = c.wrapping_add(v * LANES);
        let mut y = _mm256_mul_ps(alpha, sum);
        // SAFETY: the mask leaves only columns below `cols`.
        unsafe {
            if f.beta != 0.0 {
                y = _mm256_fmadd_ps(beta, _mm256_maskload_ps(c, mask), y);
            }
            if !f.bias.is_null() {
                y = _mm256_add_ps(y, _mm256_maskload_ps(f.bias.wrapping_add(v * LANES), mask));
            }
            if lanes == LANES { _mm256_storeu_ps(c, y) } else { _mm256_maskstore_ps(c, mask, y) }
        }
    }
}

/// The lowest `lanes` lanes, of 1 to 8.
#[inline]
#[target_feature(enable = "avx2")]
fn mask(lanes: usize) -> __m256i {
    _mm256_cmpgt_epi32(_mm256_set1_epi32(lanes as i32), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7))
}

/// `Y[j, i] ← finish(X[i, j])` for `X: [rows, cols]`; the bias belongs to the columns of Y.
///
/// # Safety
///
/// `X` is readable and `Y` writable (and readable, if β is not 0) at the addresses that the strides give, the
/// bias has `rows` elements, and the processor has AVX2 and FMA.
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn transpose(
    rows: usize,
    cols: usize,
    x: *const f32,
    rsx: usize,
    y: *mut f32,
    rsy: usize,
    f: &Finish,
) {
    let plain = f.is_plain();
    for i in (0..rows).step_by(LANES) {
        let height = (rows - i).min(LANES);
        let to = y.wrapping_add(i);
        let (f, mask_of_height) = (f.at_column(i), mask(height));
        for j in (0..cols).step_by(LANES) {
            let width = (cols - j).min(LANES);
            // SAFETY: rows `i..i + height` and columns `j..j + width` exist; what
            // lies beyond them is masked out.
            unsafe {
                let from = x.wrapping_add(i * rsx + j);
                if plain && [width, height] == [LANES; 2] {
                    let block = std::array::from_fn(|r| _mm256_loadu_ps(from.wrapping_add(r * rsx)));
                    let (block, to) = (transpose_8x8(block), to.wrapping_add(j * rsy));
                    for r in 0..LANES {
                        _mm256_storeu_ps(to.wrapping_add(r * rsy), block[r]);
                    }
                    continue;
                }
                let mut block = [_mm256_setzero_ps(); LANES];
                let mask = mask(width);
                for (r, row) in block.iter_mut().enumerate().take(height) {
                    *row = _mm256_maskload_ps(from.wrapping_add(r * rsx), mask);
                }
                let block = transpose_8x8(block);
                for (r, row) in block.iter().enumerate().take(width) {
                    let to = to.wrapping_add((j + r) * rsy);
                    if plain {
                        _mm256_maskstore_ps(to, mask_of_height, *row);
                    } else {
                        finish(&f, std::slice::from_ref(row), to, height);
                    }
                }
            }
        }
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn transpose_8x8(x: [__m256; 8]) -> [__m256; 8] {
    let [a, b, c, d, e, f, g, h] = x;
    let pairs = |p, q| (_mm256_unpacklo_ps(p, q), _mm256_unpackhi_ps(p, q));
    let ((ab0, ab1), (cd0, cd1), (ef0, ef1), (gh0, gh1)) =
        (pairs(a, b), pairs(c, d), pairs(e, f), pairs(g, h));
    let fours = |p, q| (_mm256_shuffle_ps::<0x44>(p, q), _mm256_shuffle_ps::<0xee>(p, q));
    let ((s0, s1), (s2, s3)) = (fours(ab0, cd0), fours(ab1, cd1));
    let ((t0, t1), (t2, t3)) = (fours(ef0, gh0), fours(ef1, gh1));
    let low = |p, q| _mm256_permute2f128_ps::<0x20>(p, q);
    let high = |p, q| _mm256_permute2f128_ps::<0x31>(p, q);
    [
        low(s0, t0),
        low(s1, t1),
        low(s2, t2),
        low(s3, t3),
        high(s0, t0),
        high(s1, t1),
        high(s2, t2),
        high(s3, t3),
    ]
}

/// Copies rows of a strip.
///
/// # Safety
///
/// As [`CopyFn`](super::tile::CopyFn).
#[target_feature(enable = "avx2")]
pub(super) unsafe fn copy(rows: usize, cols: usize, x: *const f32, rsx: usize, y: *mut f32, rsy: usize) {
    let full = cols / LANES * LANES;
    for i in 0..rows {
        let (from, to) = (x.wrapping_add(i * rsx), y.wrapping_add(i * rsy));
        // SAFETY: columns below `cols` of row `i`, the others masked out.
        unsafe {
            for j in (0..full).step_by(LANES) {
                _mm256_storeu_ps(to.wrapping_add(j), _mm256_loadu_ps(from.wrapping_add(j)));
            }
            if full < cols {
                let (j, mask) = (full, mask(cols - full));
                let x = _mm256_maskload_ps(from.wrapping_add(j), mask);
                _mm256_maskstore_ps(to.wrapping_add(j), mask, x);
            }
        }
    }
}

/// # Safety
///
/// As [`DotsFn`](super::tile::DotsFn).
#[target_feature(enable = "avx2,fma")]
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
    let mut acc = [_mm256_setzero_ps(); COLUMNS];
    // SAFETY: `a` and each of `b` have k elements; what is masked out is not read.
    unsafe {
        for p in (0..full).step_by(LANES) {
            let x = _mm256_loadu_ps(a.wrapping_add(p));
            for j in 0..COLUMNS {
                acc[j] = _mm256_fmadd_ps(x, _mm256_loadu_ps(b[j].wrapping_add(p)), acc[j]);
            }
        }
        if full < k {
            let edge = mask(k - full);
            let x = _mm256_maskload_ps(a.wrapping_add(full), edge);
            for j in 0..COLUMNS {
                acc[j] = _mm256_fmadd_ps(x, _mm256_maskload_ps(b[j].wrapping_add(full), edge), acc[j]);
            }
        }
    }
    for (y, sum) in sums.iter_mut().zip(acc) {
        *y = reduce_add(sum);
    }
}

/// The sum of the lanes, by halves.
#[inline]
#[target_feature(enable = "avx2")]
fn reduce_add(x: __m256) -> f32 {
    let x = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps::<1>(x));
    let x = _mm_add_ps(x, _mm_movehl_ps(x, x));
    _mm_cvtss_f32(_mm_add_ss(x, _mm_shuffle_ps::<1>(x, x)))
}

/// # Safety
///
/// As [`PackFn`](super::tile::PackFn).
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn pack(rows: usize, k: usize, a: *const f32, csa: usize, y: *mut f32) {
    let mask = mask(rows);
    for p in 0..k {
        // SAFETY: the rows of A that the mask leaves. Eight floats are stored for each step of `k`; those
        // that exceed `rows` are overwritten by the next step or lie in the eight spare ones.
        unsafe {
            let x = _mm256_maskload_ps(a.wrapping_add(p * csa), mask);
            _mm256_storeu_ps(y.wrapping_add(p * rows), x);
        }
    }
}
