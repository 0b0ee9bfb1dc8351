//! The product by `vdpbf16ps`, which adds a pair of products to each of 16 sums.
//!
//! A task owns a rectangle of C as wide as a tile. It packs that strip of B: pair by pair of `k`, a column's
//! two numbers side by side. A is read where it lies, a pair at a time. A tile of C stays in registers for
//! a whole stretch of `k`; the sums of earlier ones wait on the stack.

#![allow(clippy::needless_range_loop)] // counted loops over registers are what the compiler unrolls

use std::arch::x86_64::*;
use std::mem::transmute;
use std::ops::Range;

use half::bf16;

use super::Bf16Product;
use crate::kernels::gemm::avx2;
use crate::kernels::gemm::tile::{Finish, cut};
use crate::kernels::mat::MatMut;
use crate::kernels::parallel::{self, Shared};
use crate::kernels::rounding::Products;
use crate::kernels::scratch::with_scratch;

const LANES: usize = 16;

/// The columns of the widest tiles.
const WIDTH: usize = 4 * LANES;

/// A task is at least this many multiply-adds (1 to 2 µs).
const TASK: usize = 400_000;

/// The rows that are mirrored together: what they hold of a strip stays in the first-level cache.
const MIRROR: usize = 32;

/// Computes as many rows and vectors of C as it was compiled for.
///
/// # Safety
///
/// With `r` rows and `v` vectors, `16·(v − 1) < cols ≤ 16·v`; the rows of `A [r, k]` are readable, those of
/// `D [r, cols]` unless it is null, those of `C [r, cols]` writable by this thread alone, at the addresses
/// that the row strides give; `b` has `⌈k/2⌉` rows of `v` vectors. The processor is one for [`multiply`].
type TileFn = unsafe fn(t: &Tile);

macro_rules! tiles {
    ($vectors:literal: $($rows:literal)*) => {
        &[$(tile::<$rows, $vectors>),*]
    };
}

/// `TILES[v - 1][r - 1]` computes `r` rows of `v` vectors: up to 24 of the 32 registers are sums.
const TILES: [&[TileFn]; WIDTH / LANES] = [
    tiles!(1: 1 2 3 4 5 6 7 8 9 10 11 12 13 14),
    tiles!(2: 1 2 3 4 5 6 7 8 9 10 11 12),
    tiles!(3: 1 2 3 4 5 6 7 8),
    tiles!(4: 1 2 3 4 5 6),
];

struct Tile {
    k: usize,
    a: *const bf16,
    rsa: usize,
    /// As [`pack`] writes it.
    b: *const u32,
    /// Null if nothing is added.
    d: *const bf16,
    rsd: usize,
    c: *mut bf16,
    rsc: usize,
    cols: usize,
    alpha: f32,
    beta: f32,
}

/// # Safety
///
/// The matrices fit each other and lie as [`Bf16Product`] says, C is not empty, and the processor has AVX-512
/// (F, BW, DQ, VL) with BF16.
pub(super) unsafe fn multiply(p: &Bf16Product, c: &mut MatMut<bf16>) {
    let ([m, n], k) = (c.shape, p.a.shape[1]);
    let rsc = c.strides[0];
    let c = Shared(c.data.as_mut_ptr());
    let strips = n.div_ceil(WIDTH);
    let (work, threads) = (m * n * k, parallel::num_threads());
    let few = threads == 1 || work < 2 * TASK;
    let parts =
        if few { 1 } else { (work / TASK).min(4 * threads).div_ceil(strips).min(m.div_ceil(24)).max(1) };
    let task = |task: usize| {
        let (strip, part) = (task / parts, task % parts);
        let cols = cut(n, LANES, strips, strip)..cut(n, LANES, strips, strip + 1);
        // Of a symmetric matrix each strip has the rows from its diagonal on.
        let first = if p.symmetric { cols.start } else { 0 };
        let rows = first + cut(m - first, 1, parts, part)..first + cut(m - first, 1, parts, part + 1);
        if !rows.is_empty() {
            // SAFETY: the caller's promise; no two tasks write to the same element: they differ in rows or in
            // columns, and what they mirror lies above the diagonal, in rows that are columns of theirs.
            unsafe { rectangle(p, rows, cols, c.get(), rsc) };
        }
    };
    if few { (0..strips).for_each(task) } else { parallel::run(strips * parts, task) }
}

/// # Safety
///
/// As [`multiply`], with C at `c`; no other thread uses this rectangle of it, nor, if C is symmetric, what
/// mirrors it.
unsafe fn rectangle(p: &Bf16Product, rows: Range<usize>, cols: Range<usize>, c: *mut bf16, rsc: usize) {
    let k = p.a.shape[1];
    let (vectors, rsa) = (cols.len().div_ceil(LANES), p.a.strides[0]);
    let (beta, d, rsd) = match &p.plus {
        Some((beta, d)) => (*beta, d.data.as_ptr(), d.strides[0]),
        None => (0.0, std::ptr::null(), 0),
    };
    with_scratch(k.div_ceil(2) * vectors * LANES, |b: &mut [u32]| {
        // SAFETY: these columns are parts of B, and the space holds them.
        unsafe { pack(p, cols.clone(), b.as_mut_ptr(), vectors * LANES) };
        let tiles = TILES[vectors - 1];
        let count = rows.len().div_ceil(tiles.len());
        for i in 0..count {
            let start = rows.start + cut(rows.len(), 1, count, i);
            let end = rows.start + cut(rows.len(), 1, count, i + 1);
            let at = |row: usize| start * row + cols.start;
            let tile = Tile {
                k,
                a: p.a.data.as_ptr().wrapping_add(start * rsa),
                rsa,
                b: b.as_ptr(),
                d: if d.is_null() { d } else { d.wrapping_add(at(rsd)) },
                rsd,
                c: c.wrapping_add(at(rsc)),
                rsc,
                cols: cols.len(),
                alpha: p.alpha,
                beta,
            };
            // SAFETY: rows and columns are parts of the product's, of a height that the table has.
            unsafe { tiles[end - start - 1](&tile) };
        }
    });
    if p.symmetric {
        let below = rows.start.max(cols.end)..rows.end;
        for first in below.clone().step_by(MIRROR) {
            for j in cols.clone() {
                for i in first..below.end.min(first + MIRROR) {
                    // SAFETY: C is square, so both places are in it; the caller promises them to this thread.
                    unsafe { *c.wrapping_add(j * rsc + i) = *c.wrapping_add(i * rsc + j) };
                }
            }
        }
    }
}

/// Packs columns of B at `y`: of each pair of `k` a row of `width`, where every column has its two numbers,
/// the second in the upper half; of an odd last one the upper half is 0. What lies behind the columns is
/// anything.
///
/// # Safety
///
/// As [`multiply`], with these columns inside B; `y` is writable for `⌈k/2⌉` rows.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx2,fma")]
unsafe fn pack(p: &Bf16Product, cols: Range<usize>, y: *mut u32, width: usize) {
    let ([k, n], [rsb, csb]) = (p.b.shape, p.b.strides);
    let (pairs, count) = (k / 2, cols.len());
    let b = p.b.data.as_ptr();
    if csb == 1 || n == 1 {
        for pair in 0..k.div_ceil(2) {
            let x = b.wrapping_add(2 * pair * rsb + cols.start);
            let y = y.wrapping_add(pair * width);
            for j in (0..count).step_by(LANES) {
                let mask = mask((count - j).min(LANES));
                // SAFETY: the mask leaves columns of B, in rows that it has; `y` has `width` columns, a
                // multiple of a vector's.
                unsafe {
                    let row = |x: *const bf16| {
                        _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask, x.wrapping_add(j).cast()))
                    };
                    let second = if pair < pairs { row(x.wrapping_add(rsb)) } else { _mm512_setzero_si512() };
                    let both = _mm512_or_si512(row(x), _mm512_slli_epi32::<16>(second));
                    _mm512_storeu_si512(y.wrapping_add(j).cast(), both);
                }
            }
        }
        return;
    }
    let column = |j: usize| b.wrapping_add((cols.start + j) * csb);
    if csb.is_multiple_of(2) {
        // A pair moves as a float of the same bits. The copy asks for no alignment.
        // SAFETY: each column holds so many pairs, `csb` numbers behind the last one's.
        unsafe { avx2::transpose(count, pairs, column(0).cast(), csb / 2, y.cast(), width, &Finish::PLAIN) };
    } else {
        for j in 0..count {
            for pair in 0..pairs {
                // SAFETY: two elements of the column; `y` has a row for each pair.
                unsafe {
                    *y.wrapping_add(pair * width + j) =
                        column(j).wrapping_add(2 * pair).cast::<u32>().read_unaligned();
                }
            }
        }
    }
    if k % 2 == 1 {
        for j in 0..count {
            // SAFETY: the last element of the column, and the last row of `y`.
            unsafe {
                *y.wrapping_add(pairs * width + j) = u32::from((*column(j).wrapping_add(k - 1)).to_bits());
            }
        }
    }
}

/// # Safety
///
/// As [`TileFn`].
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512bf16")]
unsafe fn tile<const R: usize, const V: usize>(t: &Tile) {
    let order = Products::Bf16;
    let mut sums = [[_mm512_setzero_ps(); V]; R];
    let (mut a, mut b) = (t.a, t.b);
    // SAFETY: the caller promises that `b` has a row of V vectors for each pair of `k`, and that the pairs of
    // A are where its row stride says.
    unsafe {
        for d in 0..order.stretches(t.k) {
            let len = order.stretch(t.k, d).len();
            let mut acc = [[_mm512_setzero_ps(); V]; R];
            for _ in 0..len / 2 {
                let x = row::<V>(b);
                for r in 0..R {
                    let pair = a.wrapping_add(r * t.rsa).cast::<i32>().read_unaligned();
                    let w: __m512bh = transmute(_mm512_set1_epi32(pair));
                    for v in 0..V {
                        acc[r][v] = _mm512_dpbf16_ps(acc[r][v], w, x[v]);
                    }
                }
                a = a.wrapping_add(2);
                b = b.wrapping_add(V * LANES);
            }
            if len % 2 == 1 {
                // The last of all: the other half of a pair is 0 on both sides.
                let x = row::<V>(b);
                for r in 0..R {
                    let one = (*a.wrapping_add(r * t.rsa)).to_bits();
                    let w: __m512bh = transmute(_mm512_set1_epi32(i32::from(one)));
                    for v in 0..V {
                        acc[r][v] = _mm512_dpbf16_ps(acc[r][v], w, x[v]);
                    }
                }
            }
            for r in 0..R {
                for v in 0..V {
                    sums[r][v] = if d == 0 { acc[r][v] } else { _mm512_add_ps(acc[r][v], sums[r][v]) };
                }
            }
        }
    }
    for r in 0..R {
        let d = if t.d.is_null() { t.d } else { t.d.wrapping_add(r * t.rsd) };
        // SAFETY: row `r` of D and of C.
        unsafe { finish(t, &sums[r], d, t.c.wrapping_add(r * t.rsc)) };
    }
}

/// A packed row of B.
///
/// # Safety
///
/// It has V vectors.
#[inline]
#[target_feature(enable = "avx512f,avx512bf16")]
unsafe fn row<const V: usize>(b: *const u32) -> [__m512bh; V] {
    // SAFETY: the caller's promise; both types are 512 bits of anything.
    std::array::from_fn(|v| unsafe { transmute(_mm512_loadu_si512(b.wrapping_add(v * LANES).cast())) })
}

/// Rounds a row of sums on its way into C. Kept out of line: one copy serves every size of tile.
///
/// # Safety
///
/// `c` is writable for the tile's columns, and `d` readable, unless it is null.
#[inline(never)]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512bf16")]
unsafe fn finish(t: &Tile, sums: &[__m512], d: *const bf16, c: *mut bf16) {
    let (alpha, beta) = (_mm512_set1_ps(t.alpha), _mm512_set1_ps(t.beta));
    for (v, &sum) in sums.iter().enumerate() {
        let mask = mask((t.cols - v * LANES).min(LANES));
        let mut y = _mm512_mul_ps(alpha, sum);
        // SAFETY: the mask leaves only columns of the tile; both types are 256 bits of anything.
        unsafe {
            if !d.is_null() {
                let d = _mm256_maskz_loadu_epi16(mask, d.wrapping_add(v * LANES).cast());
                let d = _mm512_castsi512_ps(_mm512_slli_epi32::<16>(_mm512_cvtepu16_epi32(d)));
                y = _mm512_fmadd_ps(beta, d, y);
            }
            let y: __m256i = transmute(_mm512_cvtneps_pbh(y));
            _mm256_mask_storeu_epi16(c.wrapping_add(v * LANES).cast(), mask, y);
        }
    }
}

/// The lowest `lanes` lanes, of 1 to 16.
#[inline(always)]
fn mask(lanes: usize) -> __mmask16 {
    (u32::MAX >> (32 - lanes)) as __mmask16
}
