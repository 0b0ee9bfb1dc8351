use super::{Attention, Sizes};
use crate::kernels::gemm::{Multiply, Operands, gemm_on, multiply_block, transpose};
use crate::kernels::mat::{Mat, MatMut};
use crate::kernels::rounding::Rounding;
use crate::kernels::simd::Isa;
use std::ops::Range;

/// The keys of a block.
const KEYS: usize = 512;

/// Queries that are computed at once: the columns of a block come in so many.
pub(super) const COLUMNS: usize = 16;

impl Sizes {
    /// How many queries of a sequence make a block, the last of which may have fewer.
    pub(super) fn block(&self) -> usize {
        let most = match self.queries {
            768.. => 256,
            192.. => 64,
            _ => 32,
        };
        most.min(self.queries)
    }

    pub(super) fn blocks(&self) -> usize {
        self.queries.div_ceil(self.block())
    }

    /// The most keys in a block.
    pub(super) fn most_keys(&self) -> usize {
        KEYS.min(self.keys)
    }

    /// How far apart the scores of neighbouring keys lie at the most.
    pub(super) fn most_step(&self) -> usize {
        self.block().next_multiple_of(COLUMNS)
    }
}

/// Some queries of one head, and how products of them are computed.
#[derive(Clone, Copy)]
pub(super) struct Block {
    /// The sequence and the head.
    pub(super) head: [usize; 2],
    /// The sequence and the head of its keys.
    pub(super) key_head: [usize; 2],
    pub(super) first: usize,
    pub(super) count: usize,
    /// How far apart the scores of neighbouring keys lie.
    pub(super) step: usize,
    width: usize,
    isa: Isa,
}

/// Some keys, as a block of queries sees them.
#[derive(Clone, Copy)]
pub(super) struct Seen {
    pub(super) first: usize,
    /// How many there are to torch.
    pub(super) all: usize,
    /// How many of them may have a weight that is not 0; the others are left out.
    pub(super) count: usize,
    /// Of a causal attention how many keys the first query sees besides its own.
    pub(super) diagonal: Option<usize>,
}

/// One factor of a product, as it is and times α. Torch multiplies the second factor by α before the product;
/// of a product with fewer rows or columns than `FEW`, it multiplies the first, or, of queries by keys, what
/// comes out.
#[derive(Clone, Copy)]
pub(super) struct Factor<'a, T> {
    pub(super) plain: Mat<'a, T>,
    pub(super) scaled: Mat<'a, T>,
    pub(super) alpha: T,
}

impl<'a, T: Multiply> Factor<'a, T> {
    /// With an α of 1.
    pub(super) fn of(x: Mat<'a, T>) -> Factor<'a, T> {
        Factor { plain: x, scaled: x, alpha: T::ONE }
    }
}

/// Such products have an order of their own, and go the way of all products, which knows it.
const FEW: [usize; 2] = [4, 12];

fn small(rows: usize, columns: usize) -> bool {
    rows < FEW[0] || columns < FEW[1]
}

impl Block {
    pub(super) fn new<T>(a: &Attention<T>, [batch, head]: [usize; 2], block: usize, isa: Isa) -> Block {
        let sizes = &a.sizes;
        let first = block * sizes.block();
        let count = sizes.block().min(sizes.queries - first);
        Block {
            head: [batch, head],
            key_head: [batch, head / (sizes.heads / sizes.key_heads)],
            first,
            count,
            step: count.next_multiple_of(COLUMNS),
            width: sizes.width,
            isa,
        }
    }

    /// The blocks of keys that these queries see.
    pub(super) fn keys<T>(&self, a: &Attention<T>) -> impl Iterator<Item = Seen> + use<T> {
        let (Sizes { keys, width, .. }, is_causal, block) = (a.sizes, a.is_causal, *self);
        let end = if is_causal { keys.min(self.first + self.count) } else { keys };
        (0..end).step_by(KEYS).map(move |first| {
            let all = KEYS.min(keys - first);
            let count = if small(block.count, all.min(width)) { all } else { all.min(end - first) };
            // Blocks of queries end where blocks of keys do, so that `first` is not behind theirs.
            Seen { first, all, count, diagonal: is_causal.then(|| block.first - first) }
        })
    }

    /// Where the scores of so many keys lie in a block's space.
    pub(super) fn scores(&self, keys: &Seen) -> Range<usize> {
        0..keys.count * self.step
    }

    fn shape(&self, keys: &Seen) -> [usize; 2] {
        [keys.count, self.count]
    }

    fn mat<'a, T: Multiply>(&self, scores: &'a [T], keys: &Seen) -> Mat<'a, T> {
        Mat::strided(scores, self.shape(keys), [self.step, 1])
    }

    fn mat_mut<'a, T: Multiply>(&self, scores: &'a mut [T], keys: &Seen) -> MatMut<'a, T> {
        MatMut::strided(scores, self.shape(keys), [self.step, 1])
    }

    /// `x: [queries, width]` turned round.
    pub(super) fn turn<T: Multiply>(&self, x: Mat<T>, y: &mut [T]) {
        transpose(self.isa, x, MatMut::strided(y, [self.width, self.count], [self.step, 1]));
    }

    /// `C ← α·K·Qᵀ`, with `turned` as [`Block::turn`] left it. `rows` is space for `C` turned round.
    pub(super) fn fit<T: Multiply>(
        &self,
        keys: &Seen,
        k: Factor<T>,
        q: Mat<T>,
        turned: &[T],
        c: &mut [T],
        rows: &mut [T],
    ) {
        let [n, m] = self.shape(keys);
        if small(m, n) {
            let rows = &mut rows[..m * n];
            self.gemm(q, k.plain.t(), T::ZERO, MatMut::rows(rows, [m, n]));
            scale(rows, k.alpha);
            transpose(self.isa, Mat::rows(rows, [m, n]), self.mat_mut(c, keys));
        } else {
            let q = Mat::strided(turned, [self.width, m], [self.step, 1]);
            self.block(k.scaled, q, T::ZERO, self.mat_mut(c, keys), self.width);
        }
    }

    /// `C ← α·Pᵀ·V + β·C` for the queries.
    pub(super) fn for_queries<T: Multiply>(
        &self,
        keys: &Seen,
        p: &[T],
        v: Factor<T>,
        beta: T,
        c: &mut [T],
        rows: &mut [T],
    ) {
        let shape = [self.count, self.width];
        let (p, c) = (self.mat(p, keys), MatMut::rows(&mut c[..self.count * self.width], shape));
        if small(self.count, self.width) {
            self.gemm(self.turned_back(p, v.alpha, rows), v.plain, beta, c);
        } else {
            self.block(p.t(), v.scaled, beta, c, keys.all);
        }
    }

    /// `C ← α·P·X + C` for the keys.
    pub(super) fn for_keys<T: Multiply>(
        &self,
        keys: &Seen,
        p: &[T],
        x: Factor<T>,
        c: &mut [T],
        rows: &mut [T],
    ) {
        let c = &mut c[keys.first * self.width..][..keys.count * self.width];
        let (p, c) = (self.mat(p, keys), MatMut::rows(c, [keys.count, self.width]));
        if small(keys.count, self.width) {
            self.gemm(self.turned_back(p, x.alpha, rows).t(), x.plain, T::ONE, c);
        } else {
            self.block(p, x.scaled, T::ONE, c, self.count);
        }
    }

    /// `α·Pᵀ`
    fn turned_back<'a, T: Multiply>(&self, p: Mat<T>, alpha: T, rows: &'a mut [T]) -> Mat<'a, T> {
        let [n, m] = p.shape;
        let rows = &mut rows[..m * n];
        transpose(self.isa, p, MatMut::rows(rows, [m, n]));
        scale(rows, alpha);
        Mat::rows(rows, [m, n])
    }

    fn gemm<T: Multiply>(&self, a: Mat<T>, b: Mat<T>, beta: T, c: MatMut<T>) {
        gemm_on(self.isa, Operands { alpha: T::ONE, a, b, beta, bias: None, c, batched: false });
    }

    fn block<T: Multiply>(&self, a: Mat<T>, b: Mat<T>, beta: T, c: MatMut<T>, whole: usize) {
        multiply_block(
            self.isa,
            Operands { alpha: T::ONE, a, b, beta, bias: None, c, batched: false },
            whole,
        );
    }
}

fn scale<T: Multiply>(x: &mut [T], alpha: T) {
    for x in x {
        *x *= alpha;
    }
}

/// How many sums torch keeps along the keys: as many as its vectors have lanes.
pub(super) fn lanes<T>(isa: Isa) -> usize {
    let eight = isa == Isa::Avx2 && Rounding::current() != Rounding::Nearest;
    (if eight { 32 } else { 64 }) / size_of::<T>()
}
