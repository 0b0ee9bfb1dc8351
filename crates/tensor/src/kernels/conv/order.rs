//! In which order the products of a sum are added: oneDNN's, which torch convolves with.
//!
//! Channels come in blocks as wide as its vectors; in a block the sum goes over the kernel's places, and at
//! each over the block's channels. With AVX2 the output is one chain of fused multiply-adds that starts from
//! the bias, with AVX-512 one chain for each block, added to what came before. The gradient of the input
//! takes several blocks at a time with AVX2, fewer where rows are long. The gradients of weights and bias are
//! one chain over image, row and column each.
//!
//! Found by comparing with torch 2.15 on one thread, on every element. Any other order would be as good; none
//! depends on the number of threads.

use std::ops::Range;

use crate::kernels::simd::Isa;

/// The channels of a block: oneDNN's vector.
pub(super) fn block(isa: Isa) -> usize {
    if isa == Isa::Avx512 { 16 } else { 8 }
}

/// Whether the sum of the output is one chain that starts from the bias.
pub(super) fn starts_at_bias(isa: Isa) -> bool {
    isa != Isa::Avx512
}

/// How many channels of the output's gradient make one chain; a row of it has `width` places.
pub(super) fn chain_of_input_gradient(isa: Isa, width: usize) -> usize {
    let blocks = match width {
        _ if isa == Isa::Avx512 => 1,
        0..15 => 4,
        15..40 => 2,
        _ => 1,
    };
    blocks * block(isa)
}

/// The channels `0..channels` in pieces of `size`.
pub(super) fn pieces(channels: usize, size: usize) -> impl Iterator<Item = Range<usize>> {
    (0..channels).step_by(size).map(move |first| first..channels.min(first + size))
}
