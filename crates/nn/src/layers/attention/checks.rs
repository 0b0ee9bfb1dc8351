//! What [`MultiheadAttention`] refuses: in a call, and in a file.

use autograd::Variable;

use super::{AttentionForwardOptions, MultiheadAttention};
use crate::layers::check_shapes;

impl MultiheadAttention {
    /// Whether there is a batch.
    #[track_caller]
    pub(super) fn check_axes(
        &self,
        [query, key, value]: [&Variable; 3],
        options: &AttentionForwardOptions,
    ) -> bool {
        const NAME: &str = "MultiheadAttention";
        let [axes, keys, values] = [query, key, value].map(Variable::ndim);
        assert!(
            axes == 2 || axes == 3,
            "{NAME}: query should be unbatched 2D or batched 3D tensor but received {axes}-D query tensor"
        );
        let form = if axes == 3 { "batched (3-D)" } else { "unbatched (2-D)" };
        assert!(
            keys == axes && values == axes,
            "{NAME}: For {form} `query`, expected `key` and `value` to be {axes}-D but found {keys}-D and \
             {values}-D tensors respectively"
        );
        if let Some(mask) = &options.key_padding_mask {
            let (expected, found) = (axes - 1, mask.ndim());
            assert!(
                found == expected,
                "{NAME}: For {form} `query`, expected `key_padding_mask` to be `None` or {expected}-D but found \
                 {found}-D tensor instead"
            );
        }
        if let Some(mask) = &options.attn_mask {
            let found = mask.ndim();
            assert!(
                found == 2 || found == 3,
                "{NAME}: For {form} `query`, expected `attn_mask` to be `None`, 2-D or 3-D but found {found}-D \
                 tensor instead"
            );
        }
        axes == 3
    }

    #[track_caller]
    pub(super) fn check_sizes(&self, [q, k, v]: [&Variable; 3]) {
        const NAME: &str = "MultiheadAttention";
        let (expected, found) = (self.embed_dim, q.size(-1));
        assert!(
            found == expected,
            "{NAME}: was expecting embedding dimension of {expected}, but got {found}"
        );
        let (keys, values) = (k.shape(), v.shape());
        if self.in_proj_weight.is_some() {
            assert!(keys == values, "{NAME}: key shape {keys:?} does not match value shape {values:?}");
        } else {
            assert!(
                keys[..2] == values[..2],
                "{NAME}: key's sequence and batch dims {:?} do not match value's {:?}",
                &keys[..2],
                &values[..2]
            );
        }
        let batch = q.size(1);
        assert!(keys[1] == batch, "{NAME}: key has a batch of {}, query one of {batch}", keys[1]);
    }

    /// Refuses a layer from a file that does not fit together.
    pub(super) fn check(&self) -> Result<(), String> {
        let Self { embed_dim, num_heads, options, .. } = *self;
        if embed_dim == 0 || num_heads == 0 || !embed_dim.is_multiple_of(num_heads) {
            return Err(format!("embed_dim {embed_dim} not divisible by num_heads {num_heads}"));
        }
        let [kdim, vdim] = options.dims(embed_dim);
        let packed = [kdim, vdim] == [embed_dim; 2];
        for (name, parameter, expected) in [
            ("in_proj_weight", &self.in_proj_weight, packed),
            ("q_proj_weight", &self.q_proj_weight, !packed),
            ("k_proj_weight", &self.k_proj_weight, !packed),
            ("v_proj_weight", &self.v_proj_weight, !packed),
            ("in_proj_bias", &self.in_proj_bias, options.bias),
            ("bias_k", &self.bias_k, options.add_bias_kv),
            ("bias_v", &self.bias_v, options.add_bias_kv),
            ("out_proj.bias", &self.out_proj.bias, options.bias),
        ] {
            if parameter.is_some() != expected {
                return Err(format!("the options and {name} do not agree"));
            }
        }
        if [self.out_proj.in_features, self.out_proj.out_features] != [embed_dim; 2] {
            return Err("embed_dim and out_proj do not agree".into());
        }
        check_shapes(self, |name| match name {
            "in_proj_weight" => vec![embed_dim.saturating_mul(3), embed_dim],
            "q_proj_weight" => vec![embed_dim; 2],
            "k_proj_weight" => vec![embed_dim, kdim],
            "v_proj_weight" => vec![embed_dim, vdim],
            "in_proj_bias" => vec![embed_dim.saturating_mul(3)],
            _ => vec![1, 1, embed_dim],
        })
    }
}
