//! Reductions of slices: rows to one element each, or columns to one row. The orders in which elements are
//! combined are in [`rounding`](super::rounding); how the work is split depends on the shape alone.

use super::number::Fold;
use super::parallel::{GRAIN, for_each_chunk_mut};
use super::rounding::cascade::{Products, Rows, fold_long_row};
use super::rounding::columns::{Columns, TILE};
use super::simd::dispatch;

/// `x: [outer, n, inner]`, row by row, folded over `n` into `out: [outer, inner]`. With `single`, columns
/// are folded each by itself.
pub(crate) fn fold_axis<F: Fold>(x: &[F::T], n: usize, inner: usize, single: bool, out: &mut [F::T]) {
    if n == 0 || out.is_empty() {
        out.fill(F::EMPTY);
    } else if F::PRODUCT {
        if inner > 1 {
            return fold_in_turn::<F>(x, n, inner, out);
        }
        for_each_chunk_mut(out, GRAIN.div_ceil(n), |start, out| {
            dispatch(Products::<F> { x: &x[start * n..], n, out });
        });
    } else if out.len() == 1 && n >= 2 * GRAIN {
        out[0] = fold_long_row::<F>(x);
    } else if inner == 1 {
        for_each_chunk_mut(out, GRAIN.div_ceil(n), |start, out| {
            dispatch(Rows::<F> { x: &x[start * n..], n, out });
        });
    } else {
        in_columns::<F>(n, inner, out, |block, from, out| {
            dispatch(Columns::<F> {
                x: &x[block * n * inner..][..n * inner],
                width: inner,
                from,
                out,
                single,
            });
        });
    }
}

/// `x: [outer, n, inner]`, row by row, folded over `n` into `out: [outer, inner]` one after the other.
pub(crate) fn fold_in_turn<F: Fold>(x: &[F::T], n: usize, inner: usize, out: &mut [F::T]) {
    if n == 0 || out.is_empty() {
        return out.fill(F::EMPTY);
    }
    in_columns::<F>(n, inner, out, |block, from, out| {
        out.fill(F::EMPTY);
        for row in x[block * n * inner..][..n * inner].chunks_exact(inner) {
            for (y, &x) in out.iter_mut().zip(&row[from..]) {
                *y = F::combine(*y, x);
            }
        }
    });
}

/// Calls `f(block, from, columns)` on neighbouring columns of `out: [outer, inner]`, in parallel: those of a
/// block of rows that begin at column `from`.
fn in_columns<F: Fold>(
    n: usize,
    inner: usize,
    out: &mut [F::T],
    f: impl Fn(usize, usize, &mut [F::T]) + Sync,
) {
    if out.len() == inner {
        let grain = GRAIN.div_ceil(n).next_multiple_of(TILE);
        for_each_chunk_mut(out, grain, |from, out| f(0, from, out));
    } else {
        let blocks = GRAIN.div_ceil(n * inner);
        for_each_chunk_mut(out, blocks * inner, |start, out| {
            (start / inner..).zip(out.chunks_exact_mut(inner)).for_each(|(block, out)| f(block, 0, out));
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::number::Sum;
    use crate::kernels::simd::{Isa, dispatch_on};

    type Add = Sum<f32>;

    fn ramp(n: usize) -> Vec<f32> {
        (0..n).map(|i| ((i * 7919) % 10_007) as f32 / 10_007.0).collect()
    }

    #[test]
    fn every_length_is_summed_whole() {
        for n in [0, 1, 15, 16, 17, 31, 32, 33, 1023, 1024, 1025, 5000, 70_000] {
            let mut sum = [f32::NAN];
            fold_axis::<Add>(&vec![1.0; n], n, 1, false, &mut sum);
            assert_eq!(sum[0], n as f32);
            for width in [2, 63, 64, 65, 130] {
                let mut sums = vec![f32::NAN; width];
                fold_axis::<Add>(&vec![1.0; n.min(3000) * width], n.min(3000), width, false, &mut sums);
                assert!(sums.iter().all(|&s| s == n.min(3000) as f32), "{n} rows of {width}");
            }
        }
    }

    #[test]
    fn a_long_sum_keeps_its_digits() {
        let x = ramp(1_000_000);
        let exact: f64 = x.iter().map(|&x| f64::from(x)).sum();
        let mut sum = [0.0];
        fold_axis::<Add>(&x, x.len(), 1, false, &mut sum);
        assert!((f64::from(sum[0]) / exact - 1.0).abs() < 2e-7);
        let mut halves = [0.0; 2];
        fold_axis::<Add>(&x, 500_000, 2, false, &mut halves);
        assert!((f64::from(halves[0] + halves[1]) / exact - 1.0).abs() < 2e-7);
    }

    #[test]
    fn every_instruction_set_and_number_of_threads_gives_the_same_bits() {
        let x = ramp(64 * 1000);
        let rows = |isa| {
            let mut out = vec![0.0; 64];
            dispatch_on(isa, Rows::<Add> { x: &x, n: 1000, out: &mut out });
            out
        };
        let columns = |isa| {
            let mut out = vec![0.0; 1000];
            dispatch_on(isa, Columns::<Add> { x: &x, width: 1000, from: 0, out: &mut out, single: false });
            out
        };
        for isa in Isa::available() {
            assert_eq!((rows(isa), columns(isa)), (rows(Isa::Portable), columns(Isa::Portable)), "{isa:?}");
        }
        let mut split = vec![0.0; 1000];
        fold_axis::<Add>(&x, 64, 1000, false, &mut split);
        assert_eq!(split, columns(Isa::current()));
    }
}
