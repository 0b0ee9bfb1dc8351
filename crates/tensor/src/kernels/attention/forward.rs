use super::block::{Block, Factor};
use super::exponential::Exponential;
use super::scores::{Scores, SoFar};
use super::{Attention, RowsMut, Sizes};
use crate::kernels::gemm::Multiply;
use crate::kernels::parallel::{self, Pieces};
use crate::kernels::scratch::with_scratch;
use crate::kernels::simd::Isa;

/// The outputs, and the logarithm of each query's sum of exponentials, `[batch, heads, queries]`, by which
/// [`attention_backward`](super::attention_backward) finds the weights again.
///
/// # Panics
/// If something does not fit the sizes.
pub fn attention<T: Multiply + Exponential>(a: &Attention<T>, out: &RowsMut<T>, normalizers: &mut [T]) {
    let Sizes { batch, heads, queries, .. } = a.sizes;
    assert!(normalizers.len() == batch * heads * queries, "attention: a normalizer for each query");
    let (isa, blocks, normalizers) = (Isa::current(), a.sizes.blocks(), &Pieces::new(normalizers));
    parallel::run(batch * heads * blocks, |task| {
        let (head, block) = (task / blocks, task % blocks);
        let block = Block::new(a, [head / heads, head % heads], block, isa);
        let at = head * queries + block.first;
        // SAFETY: each query is in one block.
        let normalizers = unsafe { normalizers.get(at..at + block.count) };
        of_block(isa, a, block, out, normalizers);
    });
}

fn of_block<T: Multiply + Exponential>(
    isa: Isa,
    a: &Attention<T>,
    block: Block,
    out: &RowsMut<T>,
    normalizers: &mut [T],
) {
    let (width, step, most) = (a.sizes.width, block.step, a.sizes.most_keys());
    let q = a.q.mat(block.head, block.first, [block.count, width]);
    let lengths = [width * step, most * step, block.count * width, step, step, step, block.count * most];
    with_scratch(lengths.iter().sum(), |mut space: &mut [T]| {
        let [turned, scores, y, max, sum, factor, rows] = lengths.map(|length| {
            let (part, rest) = std::mem::take(&mut space).split_at_mut(length);
            space = rest;
            part
        });
        block.turn(q, turned);
        max.fill(T::LOWEST);
        sum.fill(T::ZERO);
        for keys in block.keys(a) {
            let shape = [keys.count, width];
            let [k, v] = [&a.k, &a.v].map(|x| x.mat(block.key_head, keys.first, shape));
            block.fit(&keys, Factor::of(k), q, turned, scores, rows);
            let mut weights = Scores { data: &mut scores[block.scores(&keys)], block, keys };
            let mut scale = a.scale;
            if let Some(mask) = a.mask {
                let mask = mask.mat(block.head, [block.first, keys.first], [keys.count, block.count]);
                weights.mask(isa, scale, mask);
                scale = T::ONE;
            }
            weights.weigh(isa, scale, SoFar { max, sum, factor });
            if keys.first > 0 {
                for (y, &factor) in y.chunks_exact_mut(width).zip(&*factor) {
                    for y in y {
                        *y *= factor;
                    }
                }
            }
            let beta = if keys.first > 0 { T::ONE } else { T::ZERO };
            block.for_queries(&keys, scores, Factor::of(v), beta, y, rows);
        }
        let queries = normalizers.iter_mut().zip(max.iter().zip(&*sum)).zip(y.chunks_exact(width));
        for (i, ((normalizer, (&max, &sum)), y)) in queries.enumerate() {
            // A query that sees no key gets zeros.
            let (max, sum) = if sum == T::ZERO { (T::ZERO, T::ONE) } else { (max, sum) };
            *normalizer = max + sum.ln_alone();
            let share = T::ONE / sum;
            // SAFETY: each query has a row of its own, and is in one block.
            let out = unsafe { out.row(block.head, block.first + i, width) };
            for (out, &y) in out.iter_mut().zip(y) {
                *out = y * share;
            }
        }
    });
}
