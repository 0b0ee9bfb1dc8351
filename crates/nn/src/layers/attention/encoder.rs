use autograd::Variable;

use super::block::{Masks, attended, copies, hides_what_is_later};
use super::{MultiheadAttention, TransformerLayerOptions};
use crate::layers::{Dropout, LayerNorm, Linear};
use crate::{Forward, Module, Training};

/// Self-attention and two linear maps for each element, each with dropout, a sum with its input and a norm
/// (Vaswani et al., *Attention is all you need*, 2017), as `torch.nn.TransformerEncoderLayer`.
///
/// # Shapes
/// - `src` and output: `[S, N, d_model]`, or `[N, S, d_model]` with
///   [`batch_first`](TransformerLayerOptions::batch_first), for one sequence `[S, d_model]`
///
/// The parameters are drawn in the order of the fields: after the same `manual_seed` they are torch's to the
/// bit. So are the masks of dropout: of the attention, `dropout1`, `dropout`, `dropout2`.
///
/// ```
/// use autograd::Variable;
/// use nn::{TransformerEncoderLayer, TransformerLayerOptions};
/// use tensor::randn;
///
/// let options = TransformerLayerOptions { dim_feedforward: 16, batch_first: true, ..Default::default() };
/// let layer = TransformerEncoderLayer::with(8, 2, options);
/// let src = Variable::new(randn([3, 5, 8]));
/// assert_eq!(layer.forward(&src, Default::default()).shape(), [3, 5, 8]);
/// ```
#[derive(Debug, Module)]
pub struct TransformerEncoderLayer {
    /// The attention of each element to all.
    pub self_attn: MultiheadAttention,
    /// From `d_model` to `dim_feedforward`.
    pub linear1: Linear,
    /// Between the two linear maps.
    pub dropout: Dropout,
    /// And back.
    pub linear2: Linear,
    /// Of the attention.
    pub norm1: LayerNorm,
    /// Of the linear maps.
    pub norm2: LayerNorm,
    /// Behind the attention.
    pub dropout1: Dropout,
    /// Behind the linear maps.
    pub dropout2: Dropout,
    #[module(options)]
    options: TransformerLayerOptions,
    training: Training,
}

/// What a [`TransformerEncoderLayer`] or [`TransformerEncoder`] does not see in one call.
#[derive(Clone, Debug, Default)]
pub struct EncoderMasks {
    /// As [`attn_mask`](crate::AttentionForwardOptions::attn_mask); torch's `mask`.
    pub src_mask: Option<Variable>,
    /// As [`key_padding_mask`](crate::AttentionForwardOptions::key_padding_mask).
    pub src_key_padding_mask: Option<Variable>,
    /// That `src_mask`, which there must be, hides what comes later and nothing else. Default no; an encoder
    /// finds out by itself.
    pub is_causal: bool,
}

impl From<EncoderMasks> for Masks {
    fn from(masks: EncoderMasks) -> Masks {
        let EncoderMasks { src_mask, src_key_padding_mask, is_causal } = masks;
        Masks { attn_mask: src_mask, key_padding_mask: src_key_padding_mask, is_causal }
    }
}

impl TransformerEncoderLayer {
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
    /// If `dropout` is outside [0, 1], and as [`TransformerEncoderLayer::new`].
    #[track_caller]
    pub fn with(d_model: usize, nhead: usize, options: TransformerLayerOptions) -> Self {
        Self {
            self_attn: options.attention(d_model, nhead),
            linear1: options.linear1(d_model),
            dropout: options.dropout(),
            linear2: options.linear2(d_model),
            norm1: options.norm(d_model),
            norm2: options.norm(d_model),
            dropout1: options.dropout(),
            dropout2: options.dropout(),
            options,
            training: Training::default(),
        }
    }

    /// The options.
    pub fn options(&self) -> TransformerLayerOptions {
        self.options
    }

    /// The layer's output for each element.
    ///
    /// # Panics
    /// As [`MultiheadAttention::forward`].
    #[track_caller]
    pub fn forward(&self, src: &Variable, masks: EncoderMasks) -> Variable {
        self.run(src, |x| attended(&self.self_attn, x, x, masks.into()))
    }

    /// The layer with the attention given.
    #[track_caller]
    pub(super) fn run(&self, src: &Variable, attend: impl FnOnce(&Variable) -> Variable) -> Variable {
        let x = self.options.added(src, &self.norm1, attend, &self.dropout1);
        let map = |x: &Variable| self.options.mapped(x, [&self.linear1, &self.linear2], &self.dropout);
        self.options.added(&x, &self.norm2, map, &self.dropout2)
    }
}

/// Encoder layers one behind the other, as `torch.nn.TransformerEncoder`.
///
/// While it evaluates without gradients, torch may write zeros into the rows of hidden keys before the norm;
/// here they are what the layers give for them.
///
/// ```
/// use autograd::Variable;
/// use nn::{EncoderMasks, LayerNorm, Module, TransformerEncoder, TransformerEncoderLayer};
/// use nn::generate_square_subsequent_mask;
/// use tensor::randn;
///
/// let layer = TransformerEncoderLayer::new(8, 2);
/// let encoder = TransformerEncoder::new(&layer, 2, Some(LayerNorm::new([8])));
/// let src = Variable::new(randn([5, 3, 8]));
/// let src_mask = Some(Variable::new(generate_square_subsequent_mask(5)));
/// let y = encoder.forward(&src, EncoderMasks { src_mask, ..Default::default() });
/// assert_eq!(y.shape(), [5, 3, 8]);
/// assert_eq!(encoder.named_parameters()[0].0, "layers.0.self_attn.in_proj_weight");
/// ```
#[derive(Debug, Module)]
pub struct TransformerEncoder {
    /// The layers in their order.
    pub layers: Vec<TransformerEncoderLayer>,
    /// The norm behind the last.
    pub norm: Option<LayerNorm>,
    training: Training,
}

impl TransformerEncoder {
    /// So many copies of a layer, which start equal, and a norm behind them.
    #[track_caller]
    pub fn new(layer: &TransformerEncoderLayer, num_layers: usize, norm: Option<LayerNorm>) -> Self {
        Self { layers: copies(layer, num_layers), norm, training: Training::default() }
    }

    /// The last layer's output for each element, or that of the norm.
    ///
    /// # Panics
    /// As [`TransformerEncoderLayer::forward`].
    #[track_caller]
    pub fn forward(&self, src: &Variable, masks: EncoderMasks) -> Variable {
        let batch_first = self.layers.first().is_some_and(|layer| layer.options.batch_first);
        let is_causal = masks.is_causal || hides_what_is_later(masks.src_mask.as_ref(), src, batch_first);
        let masks = EncoderMasks { is_causal, ..masks };
        let mut x = src.clone();
        for layer in &self.layers {
            x = layer.forward(&x, masks.clone());
        }
        self.norm.as_ref().map_or_else(|| x.clone(), |norm| norm.forward(&x))
    }
}
