use autograd::Variable;

use super::block::{Masks, attended, copies, hides_what_is_later};
use super::{MultiheadAttention, TransformerLayerOptions};
use crate::layers::{Dropout, LayerNorm, Linear};
use crate::{Forward, Module, Training};

/// Self-attention, attention to the output of an encoder, and two linear maps for each element, each with
/// dropout, a sum with its input and a norm (Vaswani et al., *Attention is all you need*, 2017), as
/// `torch.nn.TransformerDecoderLayer`.
///
/// # Shapes
/// - `tgt` and output: `[T, N, d_model]`, or `[N, T, d_model]` with
///   [`batch_first`](TransformerLayerOptions::batch_first), for one sequence `[T, d_model]`
/// - `memory`: the same, with the number of elements `S` that the encoder had in place of `T`
///
/// The parameters are drawn in the order of the fields: after the same `manual_seed` they are torch's to the
/// bit. So are the masks of dropout: of the self-attention, `dropout1`, of the other attention, `dropout2`,
/// `dropout`, `dropout3`.
///
/// ```
/// use autograd::Variable;
/// use nn::{TransformerDecoderLayer, TransformerLayerOptions};
/// use tensor::randn;
///
/// let options = TransformerLayerOptions { dim_feedforward: 16, batch_first: true, ..Default::default() };
/// let layer = TransformerDecoderLayer::with(8, 2, options);
/// let [tgt, memory] = [[3, 4, 8], [3, 7, 8]].map(|shape| Variable::new(randn(shape)));
/// assert_eq!(layer.forward(&tgt, &memory, Default::default()).shape(), [3, 4, 8]);
/// ```
#[derive(Debug, Module)]
pub struct TransformerDecoderLayer {
    /// The attention of each element to all.
    pub self_attn: MultiheadAttention,
    /// The attention of each element to those of the memory.
    pub multihead_attn: MultiheadAttention,
    /// From `d_model` to `dim_feedforward`.
    pub linear1: Linear,
    /// Between the two linear maps.
    pub dropout: Dropout,
    /// And back.
    pub linear2: Linear,
    /// Of the self-attention.
    pub norm1: LayerNorm,
    /// Of the attention to the memory.
    pub norm2: LayerNorm,
    /// Of the linear maps.
    pub norm3: LayerNorm,
    /// Behind the self-attention.
    pub dropout1: Dropout,
    /// Behind the attention to the memory.
    pub dropout2: Dropout,
    /// Behind the linear maps.
    pub dropout3: Dropout,
    #[module(options)]
    options: TransformerLayerOptions,
    training: Training,
}

/// What a [`TransformerDecoderLayer`] or [`TransformerDecoder`] does not see in one call.
#[derive(Clone, Debug, Default)]
pub struct DecoderMasks {
    /// The [`attn_mask`](crate::AttentionForwardOptions::attn_mask) of the self-attention.
    pub tgt_mask: Option<Variable>,
    /// That of the attention to the memory.
    pub memory_mask: Option<Variable>,
    /// The [`key_padding_mask`](crate::AttentionForwardOptions::key_padding_mask) of the self-attention.
    pub tgt_key_padding_mask: Option<Variable>,
    /// That of the attention to the memory.
    pub memory_key_padding_mask: Option<Variable>,
    /// That `tgt_mask`, which there must be, hides what comes later and nothing else. Default no; a decoder
    /// finds out by itself.
    pub tgt_is_causal: bool,
    /// The same of `memory_mask`. Default no.
    pub memory_is_causal: bool,
}

impl DecoderMasks {
    /// Those of the self-attention, and those of the attention to the memory.
    fn both(self) -> [Masks; 2] {
        let DecoderMasks { tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask, .. } = self;
        let masks = |attn_mask, key_padding_mask, is_causal| Masks { attn_mask, key_padding_mask, is_causal };
        [
            masks(tgt_mask, tgt_key_padding_mask, self.tgt_is_causal),
            masks(memory_mask, memory_key_padding_mask, self.memory_is_causal),
        ]
    }
}

impl TransformerDecoderLayer {
    /// A layer with the default options.
    ///
    /// # Panics
    /// If a size is 0, or `nhead` does not divide `d_model`.
    #[track_caller]
    pub fn new(d_model: usize, nhead: usize) -> Self {
        Self::with(d_model, nhead, TransformerLayerOptions::default())
    }

    /// The layer with the options given.
    ///
    /// # Panics
    /// If `dropout` is outside [0, 1], and as [`TransformerDecoderLayer::new`].
    #[track_caller]
    pub fn with(d_model: usize, nhead: usize, options: TransformerLayerOptions) -> Self {
        Self {
            self_attn: options.attention(d_model, nhead),
            multihead_attn: options.attention(d_model, nhead),
            linear1: options.linear1(d_model),
            dropout: options.dropout(),
            linear2: options.linear2(d_model),
            norm1: options.norm(d_model),
            norm2: options.norm(d_model),
            norm3: options.norm(d_model),
            dropout1: options.dropout(),
            dropout2: options.dropout(),
            dropout3: options.dropout(),
            options,
            training: Training::default(),
        }
    }

    /// The options.
    pub fn options(&self) -> TransformerLayerOptions {
        self.options
    }

    /// The layer's output for each element of `tgt`.
    ///
    /// # Panics
    /// As [`MultiheadAttention::forward`].
    #[track_caller]
    pub fn forward(&self, tgt: &Variable, memory: &Variable, masks: DecoderMasks) -> Variable {
        let [own, other] = masks.both();
        self.run(
            tgt,
            |x| attended(&self.self_attn, x, x, own),
            |x| attended(&self.multihead_attn, x, memory, other),
        )
    }

    /// The layer with the two attentions given.
    #[track_caller]
    pub(super) fn run(
        &self,
        tgt: &Variable,
        attend: impl FnOnce(&Variable) -> Variable,
        remember: impl FnOnce(&Variable) -> Variable,
    ) -> Variable {
        let x = self.options.added(tgt, &self.norm1, attend, &self.dropout1);
        let x = self.options.added(&x, &self.norm2, remember, &self.dropout2);
        let map = |x: &Variable| self.options.mapped(x, [&self.linear1, &self.linear2], &self.dropout);
        self.options.added(&x, &self.norm3, map, &self.dropout3)
    }
}

/// Decoder layers one behind the other, as `torch.nn.TransformerDecoder`.
///
/// ```
/// use autograd::Variable;
/// use nn::{DecoderMasks, TransformerDecoder, TransformerDecoderLayer, generate_square_subsequent_mask};
/// use tensor::randn;
///
/// let decoder = TransformerDecoder::new(&TransformerDecoderLayer::new(8, 2), 2, None);
/// let [tgt, memory] = [[5, 3, 8], [6, 3, 8]].map(|shape| Variable::new(randn(shape)));
/// let tgt_mask = Some(Variable::new(generate_square_subsequent_mask(5)));
/// let y = decoder.forward(&tgt, &memory, DecoderMasks { tgt_mask, ..Default::default() });
/// assert_eq!(y.shape(), [5, 3, 8]);
/// ```
#[derive(Debug, Module)]
pub struct TransformerDecoder {
    /// The layers in their order.
    pub layers: Vec<TransformerDecoderLayer>,
    /// The norm behind the last.
    pub norm: Option<LayerNorm>,
    training: Training,
}

impl TransformerDecoder {
    /// So many copies of a layer, which start equal, and a norm behind them.
    #[track_caller]
    pub fn new(layer: &TransformerDecoderLayer, num_layers: usize, norm: Option<LayerNorm>) -> Self {
        Self { layers: copies(layer, num_layers), norm, training: Training::default() }
    }

    /// The last layer's output for each element of `tgt`, or that of the norm.
    ///
    /// # Panics
    /// As [`TransformerDecoderLayer::forward`].
    #[track_caller]
    pub fn forward(&self, tgt: &Variable, memory: &Variable, masks: DecoderMasks) -> Variable {
        let batch_first = self.layers.first().is_some_and(|layer| layer.options.batch_first);
        let tgt_is_causal =
            masks.tgt_is_causal || hides_what_is_later(masks.tgt_mask.as_ref(), tgt, batch_first);
        let masks = DecoderMasks { tgt_is_causal, ..masks };
        let mut x = tgt.clone();
        for layer in &self.layers {
            x = layer.forward(&x, memory, masks.clone());
        }
        self.norm.as_ref().map_or_else(|| x.clone(), |norm| norm.forward(&x))
    }
}
