use super::block::{Block, Factor};
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
    let (step, most, shared) = (a.sizes.most_step(), a.sizes.most_keys(), heads / key_heads);
    let count = a.sizes.block();
    let lengths = [
        keys * width,
        keys * width,
        keys * width,
        width * step,
        width * step,
        count * width,
        most * step,
        most * step,
        step,
        step,
        count * width,
        count * most,
    ];
    with_scratch(lengths.iter().sum(), |mut space: &mut [T]| {
        let [dk, dv, scaled_k, turned_q, turned_dy, scaled_q, weights, scores, dots, normalizers, dq, rows] =
            lengths.map(|length| {
                let (part, rest) = std::mem::take(&mut space).split_at_mut(length);
                space = rest;
                part
            });
        dk.fill(T::ZERO);
        dv.fill(T::ZERO);
        multiply(a.k.mat(key_head, 0, [keys, width]), a.scale, scaled_k);
        for i in 0..shared * a.sizes.blocks() {
            let head = [key_head[0], key_head[1] * shared + i / a.sizes.blocks()];
            let block = Block::new(a, head, i % a.sizes.blocks(), isa);
            let shape = [block.count, width];
            let [q, dy, y] = [&a.q, &g.dy, &g.y].map(|x| x.mat(head, block.first, shape));
            block.turn(q, turned_q);
            block.turn(dy, turned_dy);
            let scaled_q = &mut scaled_q[..block.count * width];
            multiply(q, a.scale, scaled_q);
            for (i, x) in dots[..block.count].iter_mut().enumerate() {
                *x = dot(isa, row(dy, i), row(y, i));
            }
            let at = (head[0] * heads + head[1]) * queries + block.first;
            normalizers[..block.count].copy_from_slice(&g.normalizers[at..at + block.count]);
            let dq = &mut dq[..block.count * width];
            dq.fill(T::ZERO);
            let q = Factor { plain: q, scaled: Mat::rows(scaled_q, shape), alpha: a.scale };
            for keys in block.keys(a) {
                let shape = [keys.count, width];
                let [k, v] = [&a.k, &a.v].map(|x| x.mat(key_head, keys.first, shape));
                let scaled = &scaled_k[keys.first * width..][..keys.count * width];
                let k = Factor { plain: k, scaled: Mat::rows(scaled, shape), alpha: a.scale };
                block.fit(&keys, k, q.plain, turned_q, weights, rows);
                let mut p = Scores { data: &mut weights[block.scores(&keys)], block, keys };
                if let Some(mask) = a.mask {
                    let mask = mask.mat(head, [block.first, keys.first], [keys.count, block.count]);
                    p.mask(isa, T::ONE, mask);
                }
                p.weigh_again(isa, normalizers);
                block.for_keys(&keys, weights, Factor::of(dy), dv, rows);
                block.fit(&keys, Factor::of(v), dy, turned_dy, scores, rows);
                Scores { data: scores, block, keys }.gradient(isa, weights, dots);
                block.for_queries(&keys, scores, k, T::ONE, dq, rows);
                block.for_keys(&keys, scores, q, dk, rows);
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

/// `y = α·x`, row by row.
fn multiply<T: Multiply>(x: Mat<T>, alpha: T, y: &mut [T]) {
    for (i, y) in y.chunks_exact_mut(x.shape[1]).enumerate() {
        for (y, &x) in y.iter_mut().zip(row(x, i)) {
            *y = x * alpha;
        }
    }
}

fn row<T>(x: Mat<'_, T>, i: usize) -> &[T] {
    &x.data[i * x.strides[0]..][..x.shape[1]]
}
