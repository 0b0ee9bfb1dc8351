use autograd::Variable;

use crate::Options;

/// The options of [`MultiheadAttention`](crate::MultiheadAttention).
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct MultiheadAttentionOptions {
    /// The probability of a weight to be dropped while training. Default 0.
    pub dropout: f64,
    /// Whether the projections have biases. Default yes.
    #[option(default = true)]
    pub bias: bool,
    /// Whether there is one more key and value, which are learned. Default no.
    pub add_bias_kv: bool,
    /// Whether there is one more key and value of zeros. Default no.
    pub add_zero_attn: bool,
    /// The length of a key. Default `embed_dim`.
    pub kdim: Option<usize>,
    /// The length of a value. Default `embed_dim`.
    pub vdim: Option<usize>,
    /// Whether the batch is the first axis, instead of the second. Default no.
    pub batch_first: bool,
}

/// The options of one call of a [`MultiheadAttention`](crate::MultiheadAttention).
#[derive(Clone, Debug)]
pub struct AttentionForwardOptions {
    /// The keys that nobody sees, `[N, S]`, for one sequence `[S]`: `Bool`, true for those, or floats to add.
    pub key_padding_mask: Option<Variable>,
    /// Whether the weights are returned. Default yes.
    pub need_weights: bool,
    /// The keys that a query does not see, `[L, S]` or `[N·num_heads, L, S]`: `Bool`, true for those, or
    /// floats to add. In [`scaled_dot_product_attention`](autograd::scaled_dot_product_attention) a `Bool` is
    /// the other way round.
    pub attn_mask: Option<Variable>,
    /// Whether the weights are the mean over the heads. Default yes.
    pub average_attn_weights: bool,
    /// That `attn_mask`, which there must be, hides what comes later and nothing else. Default no.
    pub is_causal: bool,
}

impl Default for AttentionForwardOptions {
    fn default() -> Self {
        let (need_weights, average_attn_weights) = (true, true);
        Self { key_padding_mask: None, need_weights, attn_mask: None, average_attn_weights, is_causal: false }
    }
}

impl MultiheadAttentionOptions {
    /// The lengths of a key and of a value.
    pub(super) fn dims(&self, embed_dim: usize) -> [usize; 2] {
        [self.kdim, self.vdim].map(|dim| dim.unwrap_or(embed_dim))
    }
}
