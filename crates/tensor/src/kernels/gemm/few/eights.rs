//! Dot products with columns that fill no group of four: in eight lanes, behind the first few elements.

#![allow(clippy::needless_range_loop)] // counted loops over registers are what the compiler unrolls

use std::arch::x86_64::*;
use std::ops::Range;

use super::Rows;
use super::groups::{Alike, Out};
use super::vectors::{Set, Task};

/// Some rows with the last few columns, fewer than four.
pub(super) struct Eights<'a> {
    pub(super) x: Alike<'a>,
    pub(super) w: Rows<'a>,
    pub(super) columns: Range<usize>,
    pub(super) out: Out,
}

impl Task for Eights<'_> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Set>(self) {
        // SAFETY: these columns are there; the caller promises AVX2 at least.
        unsafe {
            match self.columns.len() {
                0 => {}
                1 => self.columns::<1>(),
                2 => self.columns::<2>(),
                _ => self.columns::<3>(),
            }
        }
    }
}

impl Eights<'_> {
    /// # Safety
    ///
    /// As [`Task::run`]; there are `N` columns.
    #[inline(always)]
    unsafe fn columns<const N: usize>(&self) {
        let mut r = 0;
        while r < self.x.count {
            // SAFETY: as many rows are there.
            unsafe {
                r += match self.x.count - r {
                    8.. if N == 1 => self.tile::<8, N>(r),
                    4.. => self.tile::<4, N>(r),
                    _ => self.tile::<1, N>(r),
                };
            }
        }
    }

    /// # Safety
    ///
    /// As [`Eights::columns`]; the rows are there.
    #[inline(always)]
    unsafe fn tile<const R: usize, const N: usize>(&self, r: usize) -> usize {
        let Self { x, w, ref columns, out } = *self;
        let (k, behind, rows) = (w.k, x.behind, x.several::<R>(r));
        let whole = behind + (k - behind) / 8 * 8;
        let mut y = [std::ptr::null(); N];
        for c in 0..N {
            y[c] = w.row(columns.start + c).as_ptr();
        }
        // SAFETY: elements of rows and columns; the caller promises the processor.
        unsafe {
            let mut lanes = [[_mm256_setzero_ps(); N]; R];
            if behind > 0 {
                for i in 0..R {
                    for c in 0..N {
                        // Nothing is lost by adding the first product to −0.
                        let first = singles(-0.0, rows[i], y[c], 0..behind);
                        lanes[i][c] = _mm256_zextps128_ps256(_mm_set_ss(first));
                    }
                }
            }
            for l in (behind..whole).step_by(8) {
                for c in 0..N {
                    let y = _mm256_loadu_ps(y[c].add(l));
                    for i in 0..R {
                        let x = _mm256_loadu_ps(rows[i].add(l));
                        lanes[i][c] = _mm256_add_ps(lanes[i][c], _mm256_mul_ps(x, y));
                    }
                }
            }
            for i in 0..R {
                for c in 0..N {
                    let (low, high) =
                        (_mm256_castps256_ps128(lanes[i][c]), _mm256_extractf128_ps::<1>(lanes[i][c]));
                    let sum = singles(fold(_mm_add_ps(low, high)), rows[i], y[c], whole..k);
                    out.store(x.place(r + i), columns.start + c, sum);
                }
            }
        }
        R
    }
}

/// A row with one column in four lanes, which take both halves of each block of eight.
pub(super) struct Halves<'a> {
    pub(super) x: &'a [f32],
    pub(super) w: &'a [f32],
    pub(super) behind: usize,
}

impl Task for Halves<'_> {
    type Output = f32;

    #[inline(always)]
    unsafe fn run<S: Set>(self) -> f32 {
        let (k, behind) = (self.x.len(), self.behind);
        assert!(self.w.len() == k && behind <= k);
        let (x, w) = (self.x.as_ptr(), self.w.as_ptr());
        let whole = behind + (k - behind) / 8 * 8;
        // SAFETY: elements of both; every x86-64 processor has these vectors.
        unsafe {
            let mut lanes = _mm_set_ss(singles(-0.0, x, w, 0..behind));
            for l in (behind..whole).step_by(4) {
                lanes = _mm_add_ps(lanes, _mm_mul_ps(_mm_loadu_ps(x.add(l)), _mm_loadu_ps(w.add(l))));
            }
            singles(fold(lanes), x, w, whole..k)
        }
    }
}

/// `sum` and some products, one after the other.
///
/// # Safety
///
/// The elements are there.
#[inline(always)]
unsafe fn singles(mut sum: f32, x: *const f32, w: *const f32, steps: Range<usize>) -> f32 {
    for l in steps {
        // SAFETY: the caller's promise.
        sum += unsafe { *x.add(l) * *w.add(l) };
    }
    sum
}

/// Four lanes as one: `(l₀ + l₂) + (l₁ + l₃)`.
///
/// # Safety
///
/// None: every x86-64 processor has these vectors.
#[inline(always)]
unsafe fn fold(lanes: __m128) -> f32 {
    // SAFETY: as above.
    unsafe {
        let pairs = _mm_add_ps(lanes, _mm_movehl_ps(lanes, lanes));
        _mm_cvtss_f32(_mm_add_ss(pairs, _mm_shuffle_ps::<0b01>(pairs, pairs)))
    }
}
