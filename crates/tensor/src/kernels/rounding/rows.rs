//! Our own order of a row, where nothing asks for torch's. No accumulator takes more than some dozens of
//! additions before it goes up a level: a sum's rounding error grows with the logarithm of the count, as
//! torch's does.

use crate::kernels::number::Fold;

/// Independent accumulators of a row, so that the loop is not one long chain of dependent additions.
const LANES: usize = 32;
/// The elements that a row's accumulators take before they go up a level.
const BLOCK: usize = 32 * LANES;

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
