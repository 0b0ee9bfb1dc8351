//! Torch's order of columns, in which a bias gets its gradient.

use super::cascade::{CHAINS, lanes, level, up};
use crate::kernels::number::Fold;
use crate::kernels::simd::Kernel;

/// Columns that are folded at once.
pub(in crate::kernels) const TILE: usize = 64;
/// Columns that are folded in chains at once.
const CHAINED: usize = 32;

/// `out[j]` = all of column `from + j` of rows that are `width` long.
pub(in crate::kernels) struct Columns<'a, F: Fold> {
    pub(in crate::kernels) x: &'a [F::T],
    pub(in crate::kernels) width: usize,
    pub(in crate::kernels) from: usize,
    pub(in crate::kernels) out: &'a mut [F::T],
    /// Whether each column is folded by itself, as a row would be.
    pub(in crate::kernels) single: bool,
}

impl<F: Fold> Kernel for Columns<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        // Groups of four vectors, or of four columns where these fill no vector, have one chain each; what is
        // left over has four, of every fourth row each.
        let group = if self.width < lanes::<F::T>() { 4 } else { 4 * lanes::<F::T>() };
        let grouped = if self.single { 0 } else { self.width / group * group };
        let (grouped, rest) = self.out.split_at_mut(grouped.saturating_sub(self.from).min(self.out.len()));
        let mut from = self.from;
        for tile in grouped.chunks_mut(TILE) {
            fold_tile::<F>(self.x, self.width, from, tile);
            from += tile.len();
        }
        for columns in rest.chunks_mut(CHAINED) {
            fold_chains::<F>(self.x, self.width, from, columns);
            from += columns.len();
        }
    }
}

#[inline(always)]
fn fold_chains<F: Fold>(x: &[F::T], width: usize, from: usize, out: &mut [F::T]) {
    let w = out.len();
    let (fours, rest) = x.split_at(x.len() / (CHAINS * width) * (CHAINS * width));
    let mut chains = [[F::EMPTY; CHAINED]; CHAINS];
    if CHAINS * width <= TILE {
        // Four rows side by side fit a tile: the data is walked once.
        let mut tile = [F::EMPTY; TILE];
        fold_tile::<F>(fours, CHAINS * width, 0, &mut tile[..CHAINS * width]);
        for (chain, columns) in chains.iter_mut().zip(tile.chunks_exact(width)) {
            chain[..w].copy_from_slice(&columns[from..from + w]);
        }
    } else {
        for (c, chain) in chains.iter_mut().enumerate() {
            fold_tile::<F>(fours, CHAINS * width, c * width + from, &mut chain[..w]);
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
    let level = level(x.len() / width);
    for x in x.chunks(level * level * level * width) {
        let mut upper = [F::EMPTY; TILE];
        for x in x.chunks(level * level * width) {
            let mut middle = [F::EMPTY; TILE];
            for x in x.chunks(level * width) {
                let mut lower = [F::EMPTY; TILE];
                for row in x.chunks_exact(width) {
                    up::<F>(&mut lower[..w], &row[from..from + w]);
                }
                up::<F>(&mut middle[..w], &lower[..w]);
            }
            up::<F>(&mut upper[..w], &middle[..w]);
        }
        up::<F>(out, &upper[..w]);
    }
}
