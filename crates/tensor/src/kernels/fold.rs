//! Reductions of slices: rows to one element each, or columns to one row.
//!
//! What is added to what depends on the shape alone, and no accumulator takes more than some
//! dozens of additions before it goes up a level: a sum's rounding error grows with the logarithm
//! of the count, as torch's does.

use std::marker::PhantomData;

use bytemuck::Pod;

use super::number::Num;
use super::parallel::{GRAIN, for_each_chunk_mut};
use super::simd::{Kernel, dispatch};

/// A way to make one element of two. `combine` is associative up to rounding and `EMPTY` its neutral element;
/// mark `combine` `#[inline(always)]`.
pub(crate) trait Fold {
    type T: Pod + Send + Sync;
    const EMPTY: Self::T;
    fn combine(a: Self::T, b: Self::T) -> Self::T;
}

/// Addition.
pub(crate) struct Sum<T>(PhantomData<T>);

impl<T: Num> Fold for Sum<T> {
    type T = T;
    const EMPTY: T = T::ZERO;

    #[inline(always)]
    fn combine(a: T, b: T) -> T {
        a.add(b)
    }
}

/// The larger; NaN if either is.
pub(crate) struct Max<T>(PhantomData<T>);

impl<T: Num> Fold for Max<T> {
    type T = T;
    const EMPTY: T = T::LOWEST;

    #[inline(always)]
    fn combine(a: T, b: T) -> T {
        if a > b || a.is_nan() { a } else { b }
    }
}

/// The smaller; NaN if either is.
pub(crate) struct Min<T>(PhantomData<T>);

impl<T: Num> Fold for Min<T> {
    type T = T;
    const EMPTY: T = T::HIGHEST;

    #[inline(always)]
    fn combine(a: T, b: T) -> T {
        if a < b || a.is_nan() { a } else { b }
    }
}

/// Pieces of a long row that make a task: one takes 1.3 µs, too little to hand over (`cargo
/// xtask bench --sweep`, `x.sum()`).
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

/// Independent accumulators of a row, so that the loop is not one long chain of dependent additions.
const LANES: usize = 32;
/// What a row's accumulators take before they go up a level.
const BLOCK: usize = 32 * LANES;
/// Columns that are folded at once, and the rows their accumulators take before they go up a level.
const TILE: usize = 64;
const ROWS: usize = 16;
/// Columns come in groups of this many; what is left over is folded in four chains, of every fourth row each.
/// This and the 16 rows above are torch's order, in which a bias gets its gradient.
const VECTORS: usize = 32;

/// One element of each row of `n`.
struct Rows<'a, F: Fold> {
    x: &'a [F::T],
    n: usize,
    out: &'a mut [F::T],
}

impl<F: Fold> Kernel for Rows<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (x, out) in self.x.chunks_exact(self.n).zip(self.out) {
            *out = fold_row::<F>(x);
        }
    }
}

/// All of `x` as one, by blocks that are combined in pairs of equal size.
#[inline(always)]
pub(crate) fn fold_row<F: Fold>(x: &[F::T]) -> F::T {
    if x.len() <= BLOCK {
        return fold_block::<F>(x);
    }
    // A binary counter: level `k` holds 2ᵏ blocks. `usize` cannot count more than 64 levels.
    let mut levels = [F::EMPTY; 64];
    let mut held = 0;
    for (i, x) in x.chunks(BLOCK).enumerate() {
        let mut y = fold_block::<F>(x);
        for _ in 0..i.trailing_ones() {
            held -= 1;
            y = F::combine(levels[held], y);
        }
        levels[held] = y;
        held += 1;
    }
    levels[..held].iter().rev().copied().reduce(|y, level| F::combine(level, y)).unwrap_or(F::EMPTY)
}

#[inline(always)]
fn fold_block<F: Fold>(x: &[F::T]) -> F::T {
    if x.len() <= LANES / 2 {
        return x.iter().fold(F::EMPTY, |y, &x| F::combine(y, x));
    }
    let mut lanes = [F::EMPTY; LANES];
    // Four at once, so that the accumulators wait for one addition where they would for four.
    let (fours, rest) = x.as_chunks::<{ 4 * LANES }>();
    for x in fours {
        for i in 0..LANES {
            let low = F::combine(x[i], x[LANES + i]);
            let high = F::combine(x[2 * LANES + i], x[3 * LANES + i]);
            lanes[i] = F::combine(lanes[i], F::combine(low, high));
        }
    }
    let (ones, rest) = rest.as_chunks::<LANES>();
    for x in ones {
        for i in 0..LANES {
            lanes[i] = F::combine(lanes[i], x[i]);
        }
    }
    for (lane, &x) in lanes.iter_mut().zip(rest) {
        *lane = F::combine(*lane, x);
    }
    let mut half = LANES / 2;
    while half > 0 {
        for i in 0..half {
            lanes[i] = F::combine(lanes[i], lanes[i + half]);
        }
        half /= 2;
    }
    lanes[0]
}

/// `out[j]` = all of column `from + j` of rows that are `width` long.
struct Columns<'a, F: Fold> {
    x: &'a [F::T],
    width: usize,
    from: usize,
    out: &'a mut [F::T],
}

impl<F: Fold> Kernel for Columns<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let grouped = (self.width / VECTORS * VECTORS).saturating_sub(self.from).min(self.out.len());
        let (grouped, rest) = self.out.split_at_mut(grouped);
        let mut from = self.from;
        for tile in grouped.chunks_mut(TILE) {
            fold_tile::<F>(self.x, self.width, from, tile);
            from += tile.len();
        }
        if !rest.is_empty() {
            fold_chains::<F>(self.x, self.width, from, rest);
        }
    }
}

/// Fewer than [`VECTORS`] columns, in four chains.
#[inline(always)]
fn fold_chains<F: Fold>(x: &[F::T], width: usize, from: usize, out: &mut [F::T]) {
    let w = out.len();
    let (fours, rest) = x.split_at(x.len() / (4 * width) * (4 * width));
    let mut chains = [[F::EMPTY; VECTORS]; 4];
    if 4 * width <= TILE {
        // Four rows side by side fit a tile: the data is walked once.
        let mut tile = [F::EMPTY; TILE];
        fold_tile::<F>(fours, 4 * width, 0, &mut tile[..4 * width]);
        for (chain, columns) in chains.iter_mut().zip(tile.chunks_exact(width)) {
            chain[..w].copy_from_slice(&columns[from..from + w]);
        }
    } else {
        for (c, chain) in chains.iter_mut().enumerate() {
            fold_tile::<F>(fours, 4 * width, c * width + from, &mut chain[..w]);
        }
    }
    for row in rest.chunks_exact(width) {
        up::<F>(&mut chains[0][..w], &row[from..from + w]);
    }
    let [first, others @ ..] = chains;
    out.copy_from_slice(&first[..w]);
    for chain in others {
        up::<F>(out, &chain[..w]);
    }
}

#[inline(always)]
fn fold_tile<F: Fold>(x: &[F::T], width: usize, from: usize, out: &mut [F::T]) {
    out.fill(F::EMPTY);
    let w = out.len();
    for x in x.chunks(ROWS * ROWS * width) {
        let mut middle = [F::EMPTY; TILE];
        for x in x.chunks(ROWS * width) {
            let mut low = [F::EMPTY; TILE];
            for row in x.chunks_exact(width) {
                up::<F>(&mut low[..w], &row[from..from + w]);
            }
            up::<F>(&mut middle[..w], &low[..w]);
        }
        up::<F>(out, &middle[..w]);
    }
}

#[inline(always)]
fn up<F: Fold>(y: &mut [F::T], x: &[F::T]) {
    for (y, &x) in y.iter_mut().zip(x) {
        *y = F::combine(*y, x);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
