//! In which order the products of a sum are added: oneDNN's, which torch convolves with.
//!
//! Channels come in blocks as wide as its vectors; in a block the sum goes over the kernel's places, and at
//! each over the block's channels. With AVX2 the output is one chain of fused multiply-adds that starts from
//! the bias, with AVX-512 one chain for each block, added to what came before. The gradient of the input
//! takes several blocks at a time with AVX2, fewer where rows are long; with a stride it takes all channels
//! at once, and columns of the kernel apart (`input`). The gradients of weights and bias are one chain over
//! image, row and column each. A kernel of one place is a product of matrices, cut into stretches. Where each
//! channel is a group, all is one chain.
//!
//! Found by comparing with torch 2.15 on one thread, on every element. Any other order would be as good; none
//! depends on the number of threads.

use std::ops::Range;

use super::contract::Start;
use super::geometry::{Geometry, volume};
use crate::kernels::simd::Isa;

/// The channels of a block: oneDNN's vector.
pub(super) fn block(isa: Isa) -> usize {
    if isa == Isa::Avx512 { 16 } else { 8 }
}

/// Whether each channel is a group of its own.
pub(super) fn depthwise(g: &Geometry) -> bool {
    [g.inputs, g.outputs] == [1, 1] && g.groups > 1
}

/// The channels of a chain where the kernel is one place, with AVX-512, for a result with so many channels:
/// oneDNN's numbers, and fewer where the channels' planes would share a few sets of the cache.
fn stretch(g: &Geometry, channels: usize) -> usize {
    let (rows, places) = (g.output[0] * g.output[1], volume(g.output));
    let stretch = match rows {
        0..=10 => 256,
        11..28 if channels <= 256 => 80,
        _ => 512,
    };
    // A set has room for seven vectors, and every 1024th vector falls into the same one.
    let apart = 1024 >> places.trailing_zeros().min(10);
    let seventh = 6 * apart;
    if stretch / 16 > seventh { stretch.min(16 * (seventh + 1024 / places)) } else { stretch }
}

/// The channels of a chain of the output's sum, and how the first and the later chains begin; the output is
/// its bias before, if it has one.
pub(super) fn of_output(isa: Isa, g: &Geometry, bias: bool) -> (usize, [Start; 2]) {
    match (isa, g.kernel) {
        (Isa::Avx512, [1, 1, 1]) => (stretch(g, g.outputs), [Start::Onward, Start::Added]),
        (_, [1, 1, 1]) => (128, [Start::Onward, Start::Added]),
        _ if depthwise(g) => (1, [Start::Onward; 2]),
        (Isa::Avx512, _) => (16, [if bias { Start::Added } else { Start::Fresh }, Start::Added]),
        _ => (usize::MAX, [Start::Onward; 2]),
    }
}

/// The channels of a chain of the sum of the input's gradient.
pub(super) fn of_input_gradient(isa: Isa, g: &Geometry) -> usize {
    match (isa, g.kernel, g.output[2]) {
        _ if g.stride != [1; 3] => usize::MAX,
        (Isa::Avx512, [1, 1, 1], _) => stretch(g, g.inputs),
        (_, [1, 1, 1], _) => 64,
        (Isa::Avx512, ..) => 16,
        (_, _, 0..15) => 32,
        (_, _, 15..40) => 16,
        _ => 8,
    }
}

/// The places of the output in each chain of the weights' gradient, and whether images have chains of their
/// own.
pub(super) fn of_weight_gradient(isa: Isa, g: &Geometry) -> (Vec<Range<usize>>, bool) {
    let (places, pointwise) = (volume(g.output), g.kernel == [1; 3]);
    // Stretches of 128; what is left over is one more unless it is short.
    let stretch = if pointwise && isa != Isa::Avx512 { 128 } else { places };
    let (mut chains, mut first) = (Vec::new(), 0);
    while first < places {
        let end = if places - first < stretch * 3 / 2 { places } else { first + stretch };
        chains.push(first..end);
        first = end;
    }
    (chains, pointwise)
}

/// Whether images have chains of their own in the sum of the gradient of a transposed convolution's bias.
pub(super) fn of_transposed_bias(isa: Isa, channels: usize) -> bool {
    isa == Isa::Avx512 && channels <= 3
}

/// The items `0..items` in pieces of `size`.
pub(super) fn pieces(items: usize, size: usize) -> impl Iterator<Item = Range<usize>> {
    (0..items).step_by(size).map(move |first| first..items.min(first.saturating_add(size)))
}
