//! Torch's order of columns, in which a bias gets its gradient.

use crate::kernels::number::Fold;
use crate::kernels::simd::Kernel;

/// Columns that are folded at once, and the rows their accumulators take before they go up a level.
pub(in crate::kernels) const TILE: usize = 64;
const ROWS: usize = 16;
/// Columns come in groups of this many; what is left over is folded in four chains, of every fourth row each.
const VECTORS: usize = 32;

/// `out[j]` = all of column `from + j` of rows that are `width` long.
pub(in crate::kernels) struct Columns<'a, F: Fold> {
    pub(in crate::kernels) x: &'a [F::T],
    pub(in crate::kernels) width: usize,
    pub(in crate::kernels) from: usize,
    pub(in crate::kernels) out: &'a mut [F::T],
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
