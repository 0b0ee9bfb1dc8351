use autograd::{Variable, no_grad};
use tensor::Tensor;

use super::KeyValueCache;
use crate::{Forward, TransformerEncoder, TransformerEncoderLayer};

/// What a [`TransformerEncoder`] that reads causally keeps of the elements so far.
#[derive(Clone, Debug)]
pub struct EncoderCache {
    layers: Vec<KeyValueCache>,
}

impl EncoderCache {
    /// For an encoder that has read nothing.
    pub fn new(encoder: &TransformerEncoder) -> Self {
        Self { layers: encoder.layers.iter().map(|_| KeyValueCache::new()).collect() }
    }

    /// How many elements were read of each sequence.
    pub fn len(&self) -> usize {
        self.layers.first().map_or(0, KeyValueCache::len)
    }

    /// Whether nothing was read.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// As [`KeyValueCache::reorder`].
    ///
    /// # Panics
    /// If there is no sequence at a place.
    #[track_caller]
    pub fn reorder(&mut self, sequences: &Tensor) {
        self.layers.iter_mut().for_each(|layer| layer.reorder(sequences));
    }
}

impl TransformerEncoderLayer {
    /// The layer's output for new elements, which follow those in the cache and see no later ones: the last
    /// rows of what [`forward`](Self::forward) gives for all of them under a causal mask. It has no history.
    ///
    /// # Panics
    /// As [`MultiheadAttention::forward_cached`](crate::MultiheadAttention::forward_cached).
    #[track_caller]
    pub fn forward_cached(&self, src: &Variable, cache: &mut KeyValueCache) -> Variable {
        no_grad(|| self.run(src, |x| self.self_attn.forward_cached(x, cache)))
    }
}

impl TransformerEncoder {
    /// The output for new elements, which follow those in the cache and see no later ones: the last rows of
    /// what [`forward`](Self::forward) gives for all of them under a causal mask. So a language model reads
    /// each token once. It has no history.
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::{EncoderCache, EncoderMasks, Module, TransformerEncoder, TransformerEncoderLayer};
    /// use tensor::randn;
    ///
    /// let net = TransformerEncoder::new(&TransformerEncoderLayer::new(8, 2), 2, None);
    /// net.eval();
    /// let x = Variable::new(randn([4, 3, 8]));
    /// let mut cache = EncoderCache::new(&net);
    /// net.forward_cached(&x.narrow(0, 0, 3), &mut cache);
    /// let last = net.forward_cached(&x.narrow(0, 3, 1), &mut cache);
    ///
    /// let src_mask = Some(Variable::new(nn::generate_square_subsequent_mask(4)));
    /// let all = net.forward(&x, EncoderMasks { src_mask, ..Default::default() });
    /// assert!(last.data().allclose(&all.narrow(0, 3, 1).data(), 1e-5, 1e-6));
    /// ```
    ///
    /// # Panics
    /// As [`MultiheadAttention::forward_cached`](crate::MultiheadAttention::forward_cached), and if the cache
    /// is that of an encoder with another number of layers.
    #[track_caller]
    pub fn forward_cached(&self, src: &Variable, cache: &mut EncoderCache) -> Variable {
        let (layers, caches) = (self.layers.len(), cache.layers.len());
        assert!(layers == caches, "TransformerEncoder: the cache is for {caches} layers instead of {layers}");
        let mut x = src.clone();
        for (layer, cache) in self.layers.iter().zip(&mut cache.layers) {
            x = layer.forward_cached(&x, cache);
        }
        no_grad(|| self.norm.as_ref().map_or_else(|| x.clone(), |norm| norm.forward(&x)))
    }
}
