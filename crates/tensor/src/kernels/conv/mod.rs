//! Convolution without a buffer of columns, on planes as they lie.
//!
//! All three passes are one sum (`contract`): places of the output, or of the input, or taps of the kernel
//! are rows, the channels of the result lie in the lanes of vectors, and what is summed over are the places
//! that `geometry` lists, in the order that `order` says. Only borders are copied, an image at a time.

mod contract;
mod exact;
mod geometry;
mod input;
mod order;
mod output;
mod weight;

pub use contract::Contract;
pub(crate) use exact::exact;
pub use geometry::Geometry;
pub(crate) use input::input_gradient;
pub(crate) use output::output;
pub(crate) use weight::{bias_gradient, weight_gradient};

use std::ops::Range;

use contract::{Places, Start, Tiles};

use super::gemm::Multiply;
use super::mat::{Mat, MatMut};
use super::simd::Isa;

/// Sums over steps, packed for the lanes of each block of channels.
struct Sums<'a, T: Contract> {
    tiles: &'static Tiles<T>,
    steps: Places,
    /// Where each chain ends, in steps.
    ends: Vec<usize>,
    /// For each step, where its weight for the first channel lies.
    weights: Vec<usize>,
    /// How far the weights of neighbouring channels are apart.
    apart: usize,
    channels: usize,
    w: &'a [T],
    /// How the first chain begins, and the later ones.
    starts: [Start; 2],
}

/// The channels of a block, and their weights packed for its vectors.
struct Block<T> {
    channels: Range<usize>,
    vectors: usize,
    packed: Vec<T>,
}

impl<T: Contract> Sums<'_, T> {
    /// The channels in blocks of two vectors, the last of them narrower if that is enough.
    fn blocks(&self) -> Vec<Block<T>> {
        let widest = self.tiles.width(2);
        let blocks = order::pieces(self.channels, widest).map(|channels| {
            let vectors = self.tiles.vectors(channels.len());
            let width = self.tiles.width(vectors);
            let mut packed = vec![T::ZERO; self.weights.len() * width];
            for (packed, &at) in packed.chunks_exact_mut(width).zip(&self.weights) {
                let weights = self.w[at + channels.start * self.apart..].iter().step_by(self.apart);
                packed.iter_mut().zip(weights.take(channels.len())).for_each(|(packed, &w)| *packed = w);
            }
            Block { channels, vectors, packed }
        });
        blocks.collect()
    }

    /// Adds up the sums of some rows in `out: [rows, width]`.
    fn run(&self, block: &Block<T>, rows: contract::Part<'_>, x: &[T], out: &mut [T]) {
        let width = self.tiles.width(block.vectors);
        let mut begin = 0;
        for (i, &end) in self.ends.iter().enumerate() {
            let steps = self.steps.part(begin..end);
            let start = self.starts[i.min(1)];
            self.tiles.contract(block.vectors, (rows, steps), x, &block.packed[begin * width..], out, start);
            begin = end;
        }
    }
}

/// Rows whose sums are made before they are turned round: they stay in the first-level cache.
const ROWS: usize = 96;

/// `y[l, i] ← sums[i, l]`, for sums of which `width` lie beside each other.
fn turn<T: Multiply>(isa: Isa, sums: &[T], width: usize, y: MatMut<'_, T>) {
    let [channels, rows] = y.shape;
    super::gemm::transpose(isa, Mat::strided(sums, [rows, channels], [width, 1]), y);
}
