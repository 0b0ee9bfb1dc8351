use super::block::Block;
use super::exponential::Exponential;
use super::scores::{Scores, dot};
use super::{Attention, Rows, RowsMut, Sizes};
use crate::kernels::gemm::Multiply;
use crate::kernels::mat::Mat;
use crate::kernels::parallel;
use crate::kernels::scratch::with_scratch;
use crate::kernels::simd::Isa;

/// The gradients of an attention, and what they follow from.
pub struct AttentionGradients<'a, T> {
    /// The gradients of the outputs.
    pub dy: Rows<'a, T>,
    /// The outputs.
    pub y: Rows<'a, T>,
    /// What [`attention`](super::attention) gave besides.
    pub normalizers: &'a [T],
    /// The gradients of the queries.
    pub dq: RowsMut<'a, T>,
    /// The gradients of the keys.
    pub dk: RowsMut<'a, T>,
    /// The gradients of the values.
    pub dv: RowsMut<'a, T>,
}

/// Writes the gradients. A task is one head of keys, whose gradients add up over its queries in order.
///
/// # Panics
/// If something does not fit the sizes.
pub fn attention_backward<T: Multiply + Exponential>(a: &Attention<T>, g: &AttentionGradients<T>) {
    let Sizes { batch, heads, key_heads, queries, .. } = a.sizes;
    assert!(g.normalizers.len() == batch * heads * queries, "attention: a normalizer for each query");
    parallel::run(batch * key_heads, |task| of_head(a, g, [task / key_heads, task % key_heads]));
}

fn of_head<T: Multiply + Exponential>(a: &Attention<T>, g: &AttentionGradients<T>, key_head: [usize; 2]) {
    let isa = Isa::current();
    let Sizes { heads, key_heads, queries, keys, width, .. } = a.sizes;
    let (step, most, shared) = (a.sizes.step(), a.sizes.most_keys(), heads / key_heads);
    let count = a.sizes.block();
    let lengths = [
        keys * width,
        keys * width,
        width * step,
        width * step,
        most * step,
        most * step,
        step,
        step,
        count * width,
        count * most,
    ];
    with_scratch(lengths.iter().sum(), |mut space: &mut [T]| {
        let [dk, dv, turned_q, turned_dy, weights, scores, dots, normalizers, dq, rows] =
            lengths.map(|length| {
                let (part, rest) = std::mem::take(&mut space).split_at_mut(length);
                space = rest;
                part
            });
        dk.fill(T::ZERO);
        dv.fill(T::ZERO);
        for i in 0..shared * a.sizes.blocks() {
            let head = [key_head[0], key_head[1] * shared + i / a.sizes.blocks()];
            let block = Block::new(a, head, i % a.sizes.blocks(), isa);
            let shape = [block.count, width];
            let [q, dy, y] = [&a.q, &g.dy, &g.y].map(|x| x.mat(head, block.first, shape));
            block.turn(q, turned_q);
            block.turn(dy, turned_dy);
            for (i, x) in dots[..block.count].iter_mut().enumerate() {
                *x = dot(isa, row(dy, i), row(y, i));
            }
            let at = (head[0] * heads + head[1]) * queries + block.first;
            normalizers[..block.count].copy_from_slice(&g.normalizers[at..at + block.count]);
            let dq = &mut dq[..block.count * width];
            dq.fill(T::ZERO);
            for keys in block.keys(a) {
                let [k, v] = [&a.k, &a.v].map(|x| x.mat(key_head, keys.first, [keys.count, width]));
                block.fit(&keys, k, q, turned_q, weights, rows);
                let mut p = Scores { data: &mut weights[block.scores(&keys)], block, keys };
                let mut scale = a.scale;
                if let Some(mask) = a.mask {
                    let mask = mask.mat(head, [block.first, keys.first], [keys.count, block.count]);
                    p.mask::<false>(isa, scale, mask);
                    scale = T::ONE;
                }
                p.weigh_again(isa, scale, normalizers);
                block.to_keys(&keys, T::ONE, weights, dy, dv, rows);
                block.fit(&keys, v, dy, turned_dy, scores, rows);
                Scores { data: scores, block, keys }.gradient(isa, weights, dots);
                block.to_queries(&keys, a.scale, scores, k, T::ONE, dq, rows);
                block.to_keys(&keys, a.scale, scores, q, dk, rows);
            }
            for (i, from) in dq.chunks_exact(width).enumerate() {
                // SAFETY: each query has a row of its own, and is in one block of one task.
                unsafe { g.dq.row(head, block.first + i, width) }.copy_from_slice(from);
            }
        }
        for (to, from) in [(&g.dk, dk), (&g.dv, dv)] {
            for (i, from) in from.chunks_exact(width).enumerate() {
                // SAFETY: each key has a row of its own, and its head is one task's.
                unsafe { to.row(key_head, i, width) }.copy_from_slice(from);
            }
        }
    });
}

fn row<T>(x: Mat<'_, T>, i: usize) -> &[T] {
    &x.data[i * x.strides[0]..][..x.shape[1]]
}
