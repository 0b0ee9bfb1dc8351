//! What the layers of encoders and decoders share: their options, and the parts that these make.

use autograd::Variable;
use serde::{Deserialize, Serialize};
use tensor::{DType, Scalar, Tensor};

use super::{AttentionForwardOptions, MultiheadAttention, MultiheadAttentionOptions};
use crate::layers::{Dropout, LayerNorm, LayerNormOptions, Linear, LinearOptions};
use crate::{Forward, Module, Options};

/// The options of a [`TransformerEncoderLayer`](crate::TransformerEncoderLayer), a
/// [`TransformerDecoderLayer`](crate::TransformerDecoderLayer), and of those in a
/// [`Transformer`](crate::Transformer).
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

/// The function between the linear maps of a transformer's layer.
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

impl TransformerLayerOptions {
    #[track_caller]
    pub(super) fn attention(&self, d_model: usize, nhead: usize) -> MultiheadAttention {
        let Self { bias, batch_first, .. } = *self;
        let dropout = self.dropout.to_f64();
        let options = MultiheadAttentionOptions { dropout, bias, batch_first, ..Default::default() };
        MultiheadAttention::with(d_model, nhead, options)
    }

    /// The first linear map of a layer, and the one back.
    pub(super) fn linear1(&self, d_model: usize) -> Linear {
        Linear::with(d_model, self.dim_feedforward, LinearOptions { bias: self.bias })
    }

    pub(super) fn linear2(&self, d_model: usize) -> Linear {
        Linear::with(self.dim_feedforward, d_model, LinearOptions { bias: self.bias })
    }

    pub(super) fn norm(&self, d_model: usize) -> LayerNorm {
        let options = LayerNormOptions { eps: self.layer_norm_eps, bias: self.bias, ..Default::default() };
        LayerNorm::with([d_model], options)
    }

    #[track_caller]
    pub(super) fn dropout(&self) -> Dropout {
        Dropout::new(self.dropout)
    }

    /// Both linear maps, with the function and a dropout between them.
    #[track_caller]
    pub(super) fn mapped(
        &self,
        x: &Variable,
        [linear1, linear2]: [&Linear; 2],
        dropout: &Dropout,
    ) -> Variable {
        let x = linear1.forward(x);
        let x = match self.activation {
            TransformerActivation::Relu => x.relu(),
            TransformerActivation::Gelu => x.gelu(),
        };
        linear2.forward(&dropout.forward(&x))
    }

    /// The sum of `x` and what a part of a layer makes of it, with the norm where it belongs.
    #[track_caller]
    pub(super) fn added(
        &self,
        x: &Variable,
        norm: &LayerNorm,
        part: impl FnOnce(&Variable) -> Variable,
        dropout: &Dropout,
    ) -> Variable {
        if self.norm_first {
            x + dropout.forward(&part(&norm.forward(x)))
        } else {
            norm.forward(&(x + dropout.forward(&part(x))))
        }
    }
}

/// What an attention does not see in one call.
pub(super) struct Masks {
    pub(super) attn_mask: Option<Variable>,
    pub(super) key_padding_mask: Option<Variable>,
    pub(super) is_causal: bool,
}

/// What the elements of `x` take from those of `memory`.
#[track_caller]
pub(super) fn attended(
    attention: &MultiheadAttention,
    x: &Variable,
    memory: &Variable,
    masks: Masks,
) -> Variable {
    let Masks { attn_mask, key_padding_mask, is_causal } = masks;
    let options = AttentionForwardOptions {
        key_padding_mask,
        need_weights: false,
        attn_mask,
        is_causal,
        ..Default::default()
    };
    attention.forward(x, memory, memory, options).output
}

/// So many copies of a layer, as `copy.deepcopy` makes them.
pub(super) fn copies<M: Module>(layer: &M, count: usize) -> Vec<M> {
    (0..count).map(|_| layer.deepcopy()).collect()
}

/// Whether the mask of the elements of `x` hides what comes later and nothing else: then it is a hint
/// besides.
pub(super) fn hides_what_is_later(mask: Option<&Variable>, x: &Variable, batch_first: bool) -> bool {
    let Some(mask) = mask.filter(|mask| !mask.requires_grad()) else { return false };
    let length = x.size(if batch_first && x.ndim() == 3 { 1 } else { 0 });
    let (mask, later) = (mask.data(), generate_square_subsequent_mask(length));
    if mask.shape() != later.shape() {
        return false;
    }
    let later = if mask.dtype() == DType::Bool { later.ne(0.0) } else { later };
    mask.eq(&later).all().item() == 1.0
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
