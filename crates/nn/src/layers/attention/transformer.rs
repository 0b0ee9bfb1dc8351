use autograd::Variable;
use serde::{Deserialize, Serialize};
use tensor::{DType, Scalar, Tensor};

use super::{AttentionForwardOptions, MultiheadAttention, MultiheadAttentionOptions};
use crate::layers::{Dropout, LayerNorm, LayerNormOptions, Linear, LinearOptions};
use crate::{Forward, Module, Options, Registry, Training};

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

/// The options of a [`TransformerEncoderLayer`].
#[derive(Clone, Copy, Debug, PartialEq, Options)]
#[options(shown = never)]
pub struct TransformerLayerOptions {
    /// The length of a row between the linear maps. Default 2048.
    #[option(default = 2048)]
    pub dim_feedforward: usize,
    /// The probability of every dropout. Default 0.1.
    #[option(default = Scalar::Float(0.1))]
    pub dropout: Scalar,
    /// The function between the linear maps. Default ReLU.
    pub activation: TransformerActivation,
    /// What the norms add to the variance. Default 1e-5.
    #[option(default = 1e-5)]
    pub layer_norm_eps: f64,
    /// Whether the batch is the first axis, instead of the second. Default no.
    pub batch_first: bool,
    /// Whether the norms come before attention and linear maps, instead of behind the sums. Default no.
    pub norm_first: bool,
    /// Whether attention, linear maps and norms have biases. Default yes.
    #[option(default = true)]
    pub bias: bool,
}

/// The function between the linear maps of a [`TransformerEncoderLayer`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TransformerActivation {
    /// `max(x, 0)`
    #[default]
    Relu,
    /// `x·Φ(x)`, exactly.
    Gelu,
}

tensor::option_value!(TransformerActivation);

/// What a [`TransformerEncoderLayer`] or [`TransformerEncoder`] does not see in one call.
#[derive(Clone, Debug, Default)]
pub struct EncoderMasks {
    /// As [`attn_mask`](AttentionForwardOptions::attn_mask); torch's `mask`.
    pub src_mask: Option<Variable>,
    /// As [`key_padding_mask`](AttentionForwardOptions::key_padding_mask).
    pub src_key_padding_mask: Option<Variable>,
    /// That `src_mask`, which there must be, hides what comes later and nothing else. Default no.
    pub is_causal: bool,
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
        let TransformerLayerOptions { dim_feedforward, batch_first, bias, .. } = options;
        let attention = MultiheadAttentionOptions {
            dropout: options.dropout.to_f64(),
            bias,
            batch_first,
            ..Default::default()
        };
        let linear = LinearOptions { bias };
        let norm = || {
            let options = LayerNormOptions { eps: options.layer_norm_eps, bias, ..Default::default() };
            LayerNorm::with([d_model], options)
        };
        let dropout = || Dropout::new(options.dropout);
        Self {
            self_attn: MultiheadAttention::with(d_model, nhead, attention),
            linear1: Linear::with(d_model, dim_feedforward, linear),
            dropout: dropout(),
            linear2: Linear::with(dim_feedforward, d_model, linear),
            norm1: norm(),
            norm2: norm(),
            dropout1: dropout(),
            dropout2: dropout(),
            options,
            training: Training::default(),
        }
    }

    /// The layer's output for each element.
    ///
    /// # Panics
    /// As [`MultiheadAttention::forward`].
    #[track_caller]
    pub fn forward(&self, src: &Variable, masks: EncoderMasks) -> Variable {
        if self.options.norm_first {
            let x = src + self.attended(&self.norm1.forward(src), masks);
            return &x + self.mapped(&self.norm2.forward(&x));
        }
        let x = self.norm1.forward(&(src + self.attended(src, masks)));
        self.norm2.forward(&(&x + self.mapped(&x)))
    }

    #[track_caller]
    fn attended(&self, x: &Variable, masks: EncoderMasks) -> Variable {
        let options = AttentionForwardOptions {
            key_padding_mask: masks.src_key_padding_mask,
            need_weights: false,
            attn_mask: masks.src_mask,
            is_causal: masks.is_causal,
            ..Default::default()
        };
        self.dropout1.forward(&self.self_attn.forward(x, x, x, options).output)
    }

    #[track_caller]
    fn mapped(&self, x: &Variable) -> Variable {
        let x = self.linear1.forward(x);
        let x = match self.options.activation {
            TransformerActivation::Relu => x.relu(),
            TransformerActivation::Gelu => x.gelu(),
        };
        self.dropout2.forward(&self.linear2.forward(&self.dropout.forward(&x)))
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
/// let y = encoder.forward(&src, EncoderMasks { src_mask, is_causal: true, ..Default::default() });
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
        let (registry, architecture, state) = (Registry::new(), layer.architecture(), layer.state_dict());
        let copy = || registry.build_as(&architecture, &state).expect("a layer fits its own description");
        Self { layers: (0..num_layers).map(|_| copy()).collect(), norm, training: Training::default() }
    }

    /// The last layer's output for each element, or that of the norm.
    ///
    /// # Panics
    /// As [`TransformerEncoderLayer::forward`].
    #[track_caller]
    pub fn forward(&self, src: &Variable, masks: EncoderMasks) -> Variable {
        let mut x = src.clone();
        for layer in &self.layers {
            x = layer.forward(&x, masks.clone());
        }
        self.norm.as_ref().map_or_else(|| x.clone(), |norm| norm.forward(&x))
    }
}

/// A mask that hides from each of `size` elements what comes later: −∞ there, else 0, as
/// `torch.nn.Transformer.generate_square_subsequent_mask`.
///
/// ```
/// use nn::generate_square_subsequent_mask;
/// assert_eq!(generate_square_subsequent_mask(2).to_vec::<f32>(), [0.0, f32::NEG_INFINITY, 0.0, 0.0]);
/// ```
pub fn generate_square_subsequent_mask(size: usize) -> Tensor {
    tensor::full_dtype([size, size], f64::NEG_INFINITY, DType::F32).triu(1)
}
