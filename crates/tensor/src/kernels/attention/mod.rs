//! Attention, `softmax(q·kᵀ·scale + mask)·v`, by blocks of queries and keys: the matrix of all scores never
//! exists, and memory grows with the number of tokens. Blocks, orders of sums and roundings are torch's, of
//! its flash attention.
//!
//! A block's scores lie transposed, `[keys, queries]`: a vector holds those of one key and several queries,
//! so that maxima and sums along the keys go from vector to vector, and all products read what they multiply
//! where it lies. Only a block's queries and the gradients of its outputs are turned round, once.
//!
//! - `forward`, `backward`: the two ways;
//! - `block`: where a block lies, and the products that both ways are made of;
//! - `scores`: what happens to scores between the products;
//! - `exponential`: torch's roundings of the exponential function.

mod backward;
mod block;
mod exponential;
mod forward;
mod scores;

pub use backward::{AttentionGradients, attention_backward};
pub use exponential::Exponential;
pub use forward::attention;

use super::mat::Mat;
use super::parallel::Pieces;

/// What attends to what.
#[derive(Clone, Copy, Debug)]
pub struct Attention<'a, T> {
    /// The queries: `[batch, heads, queries, width]`.
    pub q: Rows<'a, T>,
    /// The keys: `[batch, key heads, keys, width]`.
    pub k: Rows<'a, T>,
    /// Their values, of the keys' shape.
    pub v: Rows<'a, T>,
    /// What is added to the scores.
    pub mask: Option<Mask<'a, T>>,
    /// Whether a query sees only the keys up to its own place.
    pub is_causal: bool,
    /// What products are multiplied by.
    pub scale: T,
    /// The sizes of all of these.
    pub sizes: Sizes,
}

/// The sizes of an attention, none of which is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Sequences.
    pub batch: usize,
    /// Heads of queries.
    pub heads: usize,
    /// Heads of keys and values, each of which serves as many neighbouring heads of queries.
    pub key_heads: usize,
    /// Queries of a sequence.
    pub queries: usize,
    /// Keys of a sequence.
    pub keys: usize,
    /// Numbers of a query, a key or a value.
    pub width: usize,
}

/// Rows of consecutive elements: `[batch, heads, rows, width]`.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a, T> {
    /// Where the first of them begins.
    pub data: &'a [T],
    /// How far apart sequences, heads and rows lie.
    pub strides: [usize; 3],
}

impl<'a, T: Copy> Rows<'a, T> {
    /// `[rows, width]` of one head, from row `first` on.
    fn mat(&self, [batch, head]: [usize; 2], first: usize, [rows, width]: [usize; 2]) -> Mat<'a, T> {
        let [sequence, heads, row] = self.strides;
        Mat::strided(&self.data[batch * sequence + head * heads + first * row..], [rows, width], [row, 1])
    }
}

/// As [`Rows`], to write to.
pub struct RowsMut<'a, T> {
    pieces: Pieces<'a, T>,
    strides: [usize; 3],
}

impl<'a, T> RowsMut<'a, T> {
    /// Rows as far apart as `strides` say.
    pub fn new(data: &'a mut [T], strides: [usize; 3]) -> RowsMut<'a, T> {
        RowsMut { pieces: Pieces::new(data), strides }
    }

    /// Row `i` of one head.
    ///
    /// # Safety
    ///
    /// The rows do not overlap, and nobody else has this one.
    #[allow(clippy::mut_from_ref)] // As `Pieces::get`: the caller promises disjointness.
    unsafe fn row(&self, [batch, head]: [usize; 2], i: usize, width: usize) -> &mut [T] {
        let [sequence, heads, row] = self.strides;
        let at = batch * sequence + head * heads + i * row;
        // SAFETY: the caller's promise.
        unsafe { self.pieces.get(at..at + width) }
    }
}

/// What is added to scores: `[batch, heads, queries, keys]`, where a stride of 0 repeats.
#[derive(Clone, Copy, Debug)]
pub struct Mask<'a, T> {
    /// Where the first of them lies.
    pub data: &'a [T],
    /// How far apart sequences, heads, queries and keys lie.
    pub strides: [usize; 4],
}

impl<'a, T: Copy> Mask<'a, T> {
    /// `[keys, queries]` of one head, from a query and a key on.
    fn mat(&self, [batch, head]: [usize; 2], [query, key]: [usize; 2], shape: [usize; 2]) -> Mat<'a, T> {
        let [sequence, heads, queries, keys] = self.strides;
        let at = batch * sequence + head * heads + query * queries + key * keys;
        Mat::strided(&self.data[at..], shape, [keys, queries])
    }
}
