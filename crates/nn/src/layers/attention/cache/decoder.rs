use autograd::{Variable, no_grad};
use tensor::Tensor;

use super::KeyValueCache;
use crate::{Forward, TransformerDecoder, TransformerDecoderLayer};

/// What a [`TransformerDecoder`] keeps of the elements so far, and of the memory that it attends to.
#[derive(Clone, Debug)]
pub struct DecoderCache {
    /// For each layer, those of the elements and those of the memory.
    layers: Vec<[KeyValueCache; 2]>,
}

impl DecoderCache {
    /// For a decoder that has read nothing, and attends to this memory, but where the mask, which is that of
    /// [`DecoderMasks`](crate::DecoderMasks), hides some of it.
    ///
    /// # Panics
    /// As [`MultiheadAttention::cache`](crate::MultiheadAttention::cache).
    #[track_caller]
    pub fn new(
        decoder: &TransformerDecoder,
        memory: &Variable,
        memory_key_padding_mask: Option<&Variable>,
    ) -> Self {
        let mut layers = Vec::with_capacity(decoder.layers.len());
        for layer in &decoder.layers {
            let of_memory = layer.multihead_attn.cache(memory, memory, memory_key_padding_mask);
            layers.push([KeyValueCache::new(), of_memory]);
        }
        Self { layers }
    }

    /// How many elements were read of each sequence.
    pub fn len(&self) -> usize {
        self.layers.first().map_or(0, |[own, _]| own.len())
    }

    /// Whether nothing was read.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// As [`KeyValueCache::reorder`], with the memory of each sequence.
    ///
    /// # Panics
    /// If there is no sequence at a place.
    #[track_caller]
    pub fn reorder(&mut self, sequences: &Tensor) {
        self.layers.iter_mut().flatten().for_each(|cache| cache.reorder(sequences));
    }
}

impl TransformerDecoderLayer {
    /// The layer's output for new elements, which follow those in the first cache and see no later ones, nor
    /// what the second, of the memory, does not hold: the last rows of what [`forward`](Self::forward) gives
    /// for all of them under a causal mask. It has no history.
    ///
    /// # Panics
    /// As [`MultiheadAttention::forward_cached`](crate::MultiheadAttention::forward_cached).
    #[track_caller]
    pub fn forward_cached(
        &self,
        tgt: &Variable,
        cache: &mut KeyValueCache,
        memory: &KeyValueCache,
    ) -> Variable {
        no_grad(|| {
            self.run(
                tgt,
                |x| self.self_attn.forward_cached(x, cache),
                |x| self.multihead_attn.forward_from(x, memory),
            )
        })
    }
}

impl TransformerDecoder {
    /// The output for new elements, which follow those in the cache and see no later ones: the last rows of
    /// what [`forward`](Self::forward) gives for all of them under a causal mask. It has no history.
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::{DecoderCache, Module, TransformerDecoder, TransformerDecoderLayer};
    /// use tensor::randn;
    ///
    /// let net = TransformerDecoder::new(&TransformerDecoderLayer::new(8, 2), 2, None);
    /// net.eval();
    /// let memory = Variable::new(randn([6, 3, 8]));
    /// let mut cache = DecoderCache::new(&net, &memory, None);
    /// for _ in 0..4 {
    ///     let y = net.forward_cached(&Variable::new(randn([1, 3, 8])), &mut cache);
    ///     assert_eq!(y.shape(), [1, 3, 8]);
    /// }
    /// assert_eq!(cache.len(), 4);
    /// ```
    ///
    /// # Panics
    /// As [`MultiheadAttention::forward_cached`](crate::MultiheadAttention::forward_cached), and if the cache
    /// is that of a decoder with another number of layers.
    #[track_caller]
    pub fn forward_cached(&self, tgt: &Variable, cache: &mut DecoderCache) -> Variable {
        let (layers, caches) = (self.layers.len(), cache.layers.len());
        assert!(layers == caches, "TransformerDecoder: the cache is for {caches} layers instead of {layers}");
        let mut x = tgt.clone();
        for (layer, [own, memory]) in self.layers.iter().zip(&mut cache.layers) {
            x = layer.forward_cached(&x, own, memory);
        }
        no_grad(|| self.norm.as_ref().map_or_else(|| x.clone(), |norm| norm.forward(&x)))
    }
}
