use autograd::Variable;

use super::{
    DecoderMasks, EncoderMasks, TransformerDecoder, TransformerDecoderLayer, TransformerEncoder,
    TransformerEncoderLayer, TransformerLayerOptions,
};
use crate::{Module, Training, init};

/// An encoder and a decoder that attends to its output, each with a norm behind it (Vaswani et al.,
/// *Attention is all you need*, 2017), as `torch.nn.Transformer`.
///
/// # Shapes
/// - `src`: `[S, N, d_model]`, `tgt` and output: `[T, N, d_model]`; with
///   [`batch_first`](TransformerLayerOptions::batch_first) the first two axes the other way round, for one
///   sequence without the batch `N`
///
/// Parameters of more than one axis start Xavier-uniform, others as their layers': after the same
/// `manual_seed` all are torch's to the bit.
///
/// ```
/// use autograd::Variable;
/// use nn::{Transformer, TransformerLayerOptions, TransformerMasks, generate_square_subsequent_mask};
/// use tensor::randn;
///
/// let options = TransformerLayerOptions { dim_feedforward: 16, ..Default::default() };
/// let net = Transformer::with(8, 2, 1, 2, options);
/// let [src, tgt] = [[6, 3, 8], [4, 3, 8]].map(|shape| Variable::new(randn(shape)));
/// let tgt_mask = Some(Variable::new(generate_square_subsequent_mask(4)));
/// let y = net.forward(&src, &tgt, TransformerMasks { tgt_mask, ..Default::default() });
/// assert_eq!(y.shape(), [4, 3, 8]);
/// ```
#[derive(Debug, Module)]
#[module(extra_repr = Self::describe)]
pub struct Transformer {
    /// What reads `src`.
    pub encoder: TransformerEncoder,
    /// What reads `tgt` and the encoder's output.
    pub decoder: TransformerDecoder,
    /// The length of a row.
    #[module(config)]
    pub d_model: usize,
    /// The number of heads of every attention.
    #[module(config)]
    pub nhead: usize,
    #[module(options)]
    options: TransformerLayerOptions,
    training: Training,
}

/// What a [`Transformer`] does not see in one call.
#[derive(Clone, Debug, Default)]
pub struct TransformerMasks {
    /// The [`attn_mask`](crate::AttentionForwardOptions::attn_mask) of the encoder.
    pub src_mask: Option<Variable>,
    /// That of the decoder's self-attention.
    pub tgt_mask: Option<Variable>,
    /// That of the decoder's attention to the encoder's output.
    pub memory_mask: Option<Variable>,
    /// The [`key_padding_mask`](crate::AttentionForwardOptions::key_padding_mask) of the encoder.
    pub src_key_padding_mask: Option<Variable>,
    /// That of the decoder's self-attention.
    pub tgt_key_padding_mask: Option<Variable>,
    /// That of the decoder's attention to the encoder's output, mostly the encoder's.
    pub memory_key_padding_mask: Option<Variable>,
    /// That `src_mask` hides what comes later and nothing else. Default no; the encoder finds out by itself.
    pub src_is_causal: bool,
    /// The same of `tgt_mask`. Default no; the decoder finds out by itself.
    pub tgt_is_causal: bool,
    /// The same of `memory_mask`. Default no.
    pub memory_is_causal: bool,
}

impl Transformer {
    /// So many layers in encoder and decoder, with the default options.
    ///
    /// # Panics
    /// If a size is 0, or `nhead` does not divide `d_model`.
    #[track_caller]
    pub fn new(d_model: usize, nhead: usize, num_encoder_layers: usize, num_decoder_layers: usize) -> Self {
        let options = TransformerLayerOptions::default();
        Self::with(d_model, nhead, num_encoder_layers, num_decoder_layers, options)
    }

    /// The transformer with the options given.
    ///
    /// # Panics
    /// If `dropout` is outside [0, 1], and as [`Transformer::new`].
    #[track_caller]
    pub fn with(
        d_model: usize,
        nhead: usize,
        num_encoder_layers: usize,
        num_decoder_layers: usize,
        options: TransformerLayerOptions,
    ) -> Self {
        let layer = TransformerEncoderLayer::with(d_model, nhead, options);
        let encoder = TransformerEncoder::new(&layer, num_encoder_layers, Some(options.norm(d_model)));
        let layer = TransformerDecoderLayer::with(d_model, nhead, options);
        let decoder = TransformerDecoder::new(&layer, num_decoder_layers, Some(options.norm(d_model)));
        let net = Self { encoder, decoder, d_model, nhead, options, training: Training::default() };
        for parameter in net.parameters().iter().filter(|parameter| parameter.ndim() > 1) {
            init::xavier_uniform(parameter);
        }
        net
    }

    /// The options of the layers.
    pub fn options(&self) -> TransformerLayerOptions {
        self.options
    }

    /// The decoder's output for each element of `tgt`.
    ///
    /// # Panics
    /// In torch's words, if the batches of `src` and `tgt` differ or their rows have not the length `d_model`;
    /// otherwise as [`MultiheadAttention::forward`](crate::MultiheadAttention::forward).
    #[track_caller]
    pub fn forward(&self, src: &Variable, tgt: &Variable, masks: TransformerMasks) -> Variable {
        let ([from, to], d_model) = ([src, tgt].map(Variable::shape), self.d_model);
        let batch = if self.options.batch_first { 0 } else { 1 };
        assert!(
            from.len() != 3 || from.get(batch) == to.get(batch),
            "Transformer: the batch number of src and tgt must be equal, got shapes {from:?} and {to:?}"
        );
        assert!(
            from.last() == Some(&d_model) && to.last() == Some(&d_model),
            "Transformer: the feature number of src and tgt must be equal to d_model {d_model}, got shapes {from:?} \
             and {to:?}"
        );
        let of_encoder = EncoderMasks {
            src_mask: masks.src_mask,
            src_key_padding_mask: masks.src_key_padding_mask,
            is_causal: masks.src_is_causal,
        };
        let of_decoder = DecoderMasks {
            tgt_mask: masks.tgt_mask,
            memory_mask: masks.memory_mask,
            tgt_key_padding_mask: masks.tgt_key_padding_mask,
            memory_key_padding_mask: masks.memory_key_padding_mask,
            tgt_is_causal: masks.tgt_is_causal,
            memory_is_causal: masks.memory_is_causal,
        };
        let memory = self.encoder.forward(src, of_encoder);
        self.decoder.forward(tgt, &memory, of_decoder)
    }

    /// Nothing, as in torch: encoder and decoder say it all.
    fn describe(&self) -> String {
        String::new()
    }
}
