//! Convolution without a buffer of columns, on planes as they lie.
//!
//! All three passes are one sum (`contract`): places of the output, or of the input, or taps of the kernel
//! are rows, the channels of the result lie in the lanes of vectors, and what is summed over are the places
//! that `geometry` lists, in the order that `order` says. Where channels are few, places lie in the lanes
//! (`strip`); where every channel stands alone, channels do on both sides (`depthwise`). Only borders are
//! copied, an image at a time (`pass`), and what lies beyond them is left out of the sums (`phase`, `steps`).

mod contract;
mod depthwise;
mod exact;
mod geometry;
mod input;
mod order;
mod output;
mod pass;
mod phase;
mod steps;
mod strip;
mod weight;

#[cfg(test)]
mod tests;

pub use contract::Contract;
pub(crate) use exact::exact;
pub use geometry::Geometry;
pub(crate) use input::input_gradient;
pub(crate) use output::output;
pub(crate) use weight::{bias_gradient, weight_gradient};

use super::gemm::Multiply;
use super::mat::{Mat, MatMut};
use super::simd::Isa;

/// `y[l, i] ← sums[i, l]`, for sums of which `width` lie beside each other.
fn turn<T: Multiply>(isa: Isa, sums: &[T], width: usize, y: MatMut<'_, T>) {
    let [channels, rows] = y.shape;
    super::gemm::transpose(isa, Mat::strided(sums, [rows, channels], [width, 1]), y);
}
