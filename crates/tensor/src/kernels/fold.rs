//! Reductions of slices: rows to one element each, or columns to one row. The orders in which elements are
//! combined are in [`rounding`](super::rounding); how the work is split depends on the shape alone.

use super::number::Fold;
use super::parallel::{GRAIN, for_each_chunk_mut};
use super::rounding::columns::{Columns, TILE};
use super::rounding::rows::Rows;
use super::simd::dispatch;

/// Pieces of a long row that make a task: one takes 1.3 µs, too little to hand over
/// (`cargo xtask bench --sweep`, `x.sum()`).
const TASK: usize = 4;

/// `x: [outer, n, inner]`, row by row, folded over `n` into `out: [outer, inner]`.
pub(crate) fn fold_axis<F: Fold>(x: &[F::T], n: usize, inner: usize, out: &mut [F::T]) {
    if n == 0 || out.is_empty() {
        out.fill(F::EMPTY);
    } else if out.len() == 1 && n >= 2 * GRAIN {
        // One long row: the pieces are fixed by its length, whoever folds them.
        let mut pieces = vec![F::EMPTY; n.div_ceil(GRAIN)];
        for_each_chunk_mut(&mut pieces, TASK, |at, pieces| {
            for (i, piece) in (at..).zip(pieces.chunks_mut(1)) {
                let x = &x[i * GRAIN..n.min((i + 1) * GRAIN)];
                dispatch(Rows::<F> { x, n: x.len(), out: piece });
            }
        });
        dispatch(Rows::<F> { x: &pieces, n: pieces.len(), out });
    } else if inner == 1 {
        for_each_chunk_mut(out, GRAIN.div_ceil(n), |start, out| {
            dispatch(Rows::<F> { x: &x[start * n..], n, out });
        });
    } else if out.len() == inner {
        let grain = GRAIN.div_ceil(n).next_multiple_of(TILE);
        for_each_chunk_mut(out, grain, |from, out| {
            dispatch(Columns::<F> { x, width: inner, from, out });
        });
    } else {
        let blocks = GRAIN.div_ceil(n * inner);
        for_each_chunk_mut(out, blocks * inner, |start, out| {
            for (x, out) in x[start * n..].chunks_exact(n * inner).zip(out.chunks_exact_mut(inner)) {
                dispatch(Columns::<F> { x, width: inner, from: 0, out });
            }
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
            fold_axis::<Add>(&vec![1.0; n], n, 1, &mut sum);
            assert_eq!(sum[0], n as f32);
            for width in [2, 63, 64, 65, 130] {
                let mut sums = vec![f32::NAN; width];
                fold_axis::<Add>(&vec![1.0; n.min(3000) * width], n.min(3000), width, &mut sums);
                assert!(sums.iter().all(|&s| s == n.min(3000) as f32), "{n} rows of {width}");
            }
        }
    }

    #[test]
    fn a_long_sum_keeps_its_digits() {
        let x = ramp(1_000_000);
        let exact: f64 = x.iter().map(|&x| f64::from(x)).sum();
        let mut sum = [0.0];
        fold_axis::<Add>(&x, x.len(), 1, &mut sum);
        assert!((f64::from(sum[0]) / exact - 1.0).abs() < 2e-7);
        let mut halves = [0.0; 2];
        fold_axis::<Add>(&x, 500_000, 2, &mut halves);
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
            dispatch_on(isa, Columns::<Add> { x: &x, width: 1000, from: 0, out: &mut out });
            out
        };
        for isa in Isa::available() {
            assert_eq!((rows(isa), columns(isa)), (rows(Isa::Portable), columns(Isa::Portable)), "{isa:?}");
        }
        let mut split = vec![0.0; 1000];
        fold_axis::<Add>(&x, 64, 1000, &mut split);
        assert_eq!(split, columns(Isa::current()));
    }
}
