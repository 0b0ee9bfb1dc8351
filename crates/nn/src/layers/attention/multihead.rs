use std::fmt;

use autograd::{ScaledDotProductAttentionOptions, Variable, cat, dropout, scaled_dot_product_attention};
use tensor::Value;

use super::mask::{of_keys, of_queries};
use super::{AttentionForwardOptions, MultiheadAttentionOptions};
use crate::layers::{Linear, LinearOptions};
use crate::module::repr;
use crate::{Builder, Error, Forward, Members, Module, Options, Parameter, Training, init, setting};

/// Attention of several heads (Vaswani et al., *Attention is all you need*, 2017), as
/// `torch.nn.MultiheadAttention`: queries, keys and values are projected, each head attends with its own
/// columns of them, and the heads' outputs side by side are projected again.
///
/// # Shapes
/// - query: `[L, N, embed_dim]`, key: `[S, N, kdim]`, value: `[S, N, vdim]`, output: `[L, N, embed_dim]`;
///   with [`batch_first`](MultiheadAttentionOptions::batch_first) the first two axes the other way round, for
///   one sequence without the batch `N`
/// - weights: `[N, L, S]`, or `[N, num_heads, L, S]` if they are not averaged; for one sequence without `N`
/// - `in_proj_weight`: `[3·embed_dim, embed_dim]`, those of query, key and value one below the other; if
///   `kdim` or `vdim` are others, `q_proj_weight`, `k_proj_weight` and `v_proj_weight` instead
/// - `in_proj_bias`: `[3·embed_dim]`; `bias_k`, `bias_v`: `[1, 1, embed_dim]`; `out_proj` is a [`Linear`]
///
/// The projections in start Xavier-uniform, the biases with zeros, `bias_k` and `bias_v` Xavier-normal: after
/// the same `manual_seed` they are torch's to the bit.
///
/// ```
/// use autograd::Variable;
/// use nn::{AttentionForwardOptions, AttentionOutput, MultiheadAttention, MultiheadAttentionOptions};
/// use tensor::randn;
///
/// let options = MultiheadAttentionOptions { batch_first: true, ..Default::default() };
/// let layer = MultiheadAttention::with(8, 2, options);
/// let x = Variable::new(randn([3, 5, 8]));
/// let AttentionOutput { output, weights } = layer.forward(&x, &x, &x, AttentionForwardOptions::default());
/// assert_eq!(output.shape(), [3, 5, 8]);
/// assert_eq!(weights.expect("by default").shape(), [3, 5, 5]);
/// ```
#[derive(Debug)]
pub struct MultiheadAttention {
    /// The three projections in, if `kdim` and `vdim` are `embed_dim`.
    pub in_proj_weight: Option<Parameter>,
    /// The projection of queries, if they are not.
    pub q_proj_weight: Option<Parameter>,
    /// The projection of keys, if they are not.
    pub k_proj_weight: Option<Parameter>,
    /// The projection of values, if they are not.
    pub v_proj_weight: Option<Parameter>,
    /// What is added to the three, unless [`MultiheadAttentionOptions::bias`] is false.
    pub in_proj_bias: Option<Parameter>,
    /// One more key for all sequences, with [`MultiheadAttentionOptions::add_bias_kv`].
    pub bias_k: Option<Parameter>,
    /// Its value.
    pub bias_v: Option<Parameter>,
    /// The projection of the heads' outputs.
    pub out_proj: Linear,
    /// The length of a query and of an output.
    pub embed_dim: usize,
    /// How many heads share its columns.
    pub num_heads: usize,
    pub(super) options: MultiheadAttentionOptions,
    pub(super) training: Training,
}

/// What a [`MultiheadAttention`] returns.
#[derive(Clone, Debug)]
pub struct AttentionOutput {
    /// The output for each query, in the form of the queries.
    pub output: Variable,
    /// How much of each value is in it, after dropout, if they are needed.
    pub weights: Option<Variable>,
}

impl MultiheadAttention {
    /// So many heads with biases.
    ///
    /// # Panics
    /// If a size is 0, or `num_heads` does not divide `embed_dim`.
    #[track_caller]
    pub fn new(embed_dim: usize, num_heads: usize) -> Self {
        Self::with(embed_dim, num_heads, MultiheadAttentionOptions::default())
    }

    /// The layer with the options given.
    ///
    /// # Panics
    /// As [`MultiheadAttention::new`].
    #[track_caller]
    pub fn with(embed_dim: usize, num_heads: usize, options: MultiheadAttentionOptions) -> Self {
        assert!(
            embed_dim > 0 && num_heads > 0,
            "MultiheadAttention: embed_dim and num_heads must be greater than 0, got embed_dim={embed_dim} and \
             num_heads={num_heads} instead"
        );
        assert!(
            embed_dim.is_multiple_of(num_heads),
            "MultiheadAttention: embed_dim must be divisible by num_heads, got {embed_dim} and {num_heads}"
        );
        let MultiheadAttentionOptions { bias, add_bias_kv, .. } = options;
        let [kdim, vdim] = options.dims(embed_dim);
        let separate = [kdim, vdim] != [embed_dim; 2];
        let drawn = |shape: &[usize], draw: fn(&Variable)| {
            let parameter = Parameter::new(tensor::zeros(shape));
            draw(&parameter);
            parameter
        };
        // The order of the draws is torch's; the bias of `out_proj` is drawn and then dropped.
        let out_proj = Linear::with(embed_dim, embed_dim, LinearOptions { bias });
        if let Some(bias) = &out_proj.bias {
            init::zeros(bias);
        }
        let of = |rows: usize, columns: usize| drawn(&[rows, columns], init::xavier_uniform);
        let in_proj_weight = (!separate).then(|| of(3 * embed_dim, embed_dim));
        let q_proj_weight = separate.then(|| of(embed_dim, embed_dim));
        let k_proj_weight = separate.then(|| of(embed_dim, kdim));
        let v_proj_weight = separate.then(|| of(embed_dim, vdim));
        let in_proj_bias = bias.then(|| Parameter::new(tensor::zeros([3 * embed_dim])));
        let [bias_k, bias_v] =
            [(); 2].map(|()| add_bias_kv.then(|| drawn(&[1, 1, embed_dim], init::xavier_normal)));
        Self {
            in_proj_weight,
            q_proj_weight,
            k_proj_weight,
            v_proj_weight,
            in_proj_bias,
            bias_k,
            bias_v,
            out_proj,
            embed_dim,
            num_heads,
            options,
            training: Training::default(),
        }
    }

    /// The options.
    pub fn options(&self) -> MultiheadAttentionOptions {
        self.options
    }

    /// What each query takes from the values whose keys fit it.
    ///
    /// A query that sees no key gets NaN where the weights are needed, and the bias of `out_proj` where they
    /// are not, as in torch.
    ///
    /// # Panics
    /// In torch's words, if sizes, dtypes or masks do not fit.
    #[track_caller]
    pub fn forward(
        &self,
        query: &Variable,
        key: &Variable,
        value: &Variable,
        options: AttentionForwardOptions,
    ) -> AttentionOutput {
        let AttentionForwardOptions { need_weights, average_attn_weights, is_causal, .. } = options;
        let batched = self.check_axes([query, key, value], &options);
        assert!(
            !is_causal || options.attn_mask.is_some(),
            "MultiheadAttention: Need attn_mask if specifying the is_causal hint. You may use \
             `generate_square_subsequent_mask` to create this mask."
        );
        let of_one = query.ptr_eq(key) && key.ptr_eq(value);
        let batch_first = batched && self.options.batch_first;
        // `[time, batch, …]`, as torch has them.
        let turned = |x: &Variable| match batched {
            false => x.unsqueeze(1),
            true if batch_first => x.transpose(0, 1),
            true => x.clone(),
        };
        let [q, k, v] = [query, key, value].map(turned);
        self.check_sizes([&q, &k, &v]);
        let [length, batch, keys] = [q.size(0), q.size(1), k.size(0)];
        let hinted = is_causal && options.key_padding_mask.is_none() && !need_weights;
        let attn_mask = options.attn_mask.as_ref().filter(|_| !hinted);
        let heads = batch * self.num_heads;
        let mut mask = attn_mask.map(|mask| of_queries(mask, &q, [heads, keys]));
        let padding = options.key_padding_mask.as_ref().map(|padding| {
            let padding = if batched { padding.clone() } else { padding.unsqueeze(0) };
            of_keys(&padding, &q, [heads, keys])
        });
        let [q, mut k, mut v] = if of_one { self.projected_at_once(&q) } else { self.projected([q, k, v]) };
        if let (Some(bias_k), Some(bias_v)) = (&self.bias_k, &self.bias_v) {
            let all = [1, batch, self.embed_dim];
            k = cat(&[k, bias_k.expand(all)], 0);
            v = cat(&[v, bias_v.expand(all)], 0);
        }
        // `[batch, heads, time, …]`, where the columns of all heads lie side by side: nothing moves.
        let by_head = |x: Variable| {
            let width = self.embed_dim / self.num_heads;
            x.reshape([x.size(0), batch, self.num_heads, width]).permute([1, 2, 0, 3])
        };
        let [q, mut k, mut v] = [q, k, v].map(by_head);
        if self.options.add_zero_attn {
            let zeros = tensor::zeros_dtype([batch, self.num_heads, 1, q.size(-1)], q.dtype());
            let zeros = Variable::new(zeros);
            k = cat(&[k, zeros.clone()], 2);
            v = cat(&[v, zeros], 2);
        }
        let added = k.size(2) - keys;
        let longer =
            |mask: Variable| if added == 0 { mask } else { mask.pad([0, added as isize], 0.0.into()) };
        mask = mask.map(longer);
        if let Some(padding) = padding.map(longer) {
            mask = Some(mask.map_or_else(|| padding.clone(), |mask| mask + &padding));
        }
        let mask = mask.map(|mask| match mask.size(0) {
            1 => mask.unsqueeze(0),
            _ => mask.reshape([batch, self.num_heads, mask.size(1), mask.size(2)]),
        });

        let dropout_p = if self.training.get() { self.options.dropout } else { 0.0 };
        let (output, weights) = if need_weights {
            let scores = q.mul_scalar((1.0 / q.size(-1) as f64).sqrt()).matmul(&k.transpose(2, 3));
            let weights = mask.map_or_else(|| scores.clone(), |mask| &scores + mask).softmax(-1);
            let weights = dropout(&weights, dropout_p);
            (weights.matmul(&v), Some(weights))
        } else {
            let options =
                ScaledDotProductAttentionOptions { dropout_p, is_causal: hinted, ..Default::default() };
            (scaled_dot_product_attention(&q, &k, &v, mask.as_ref(), options), None)
        };
        let output = output.permute([2, 0, 1, 3]).reshape([length, batch, self.embed_dim]);
        let output = self.out_proj.forward(&output);
        let weights = weights.map(|weights| {
            let weights = if average_attn_weights { weights.mean_dim(1, false) } else { weights };
            if batched { weights } else { weights.squeeze(0) }
        });
        let output = match batched {
            false => output.squeeze(1),
            true if batch_first => output.transpose(0, 1),
            true => output,
        };
        AttentionOutput { output, weights }
    }
}

impl Module for MultiheadAttention {
    fn kind_name() -> &'static str {
        "MultiheadAttention"
    }

    fn members(&self) -> Members<'_> {
        let mut members = Members::new();
        members.add("in_proj_weight", &self.in_proj_weight);
        members.add("q_proj_weight", &self.q_proj_weight);
        members.add("k_proj_weight", &self.k_proj_weight);
        members.add("v_proj_weight", &self.v_proj_weight);
        members.add("in_proj_bias", &self.in_proj_bias);
        members.add("bias_k", &self.bias_k);
        members.add("bias_v", &self.bias_v);
        members.add("out_proj", &self.out_proj);
        members.add("training", &self.training);
        members
    }

    fn config(&self) -> Vec<(&'static str, Value)> {
        let mut config =
            vec![("embed_dim", setting(&self.embed_dim)), ("num_heads", setting(&self.num_heads))];
        config.extend(self.options.saved());
        config
    }

    fn repr(&self) -> String {
        // The name that torch's class of this projection has.
        let out_proj = format!("(out_proj): NonDynamicallyQuantizable{}", self.out_proj.repr());
        repr::entry(self.kind(), "", vec![out_proj])
    }

    fn build(builder: &mut Builder<'_>) -> Result<Self, Error> {
        builder.expect_kind::<Self>()?;
        let layer = Self {
            in_proj_weight: builder.field("in_proj_weight")?,
            q_proj_weight: builder.field("q_proj_weight")?,
            k_proj_weight: builder.field("k_proj_weight")?,
            v_proj_weight: builder.field("v_proj_weight")?,
            in_proj_bias: builder.field("in_proj_bias")?,
            bias_k: builder.field("bias_k")?,
            bias_v: builder.field("bias_v")?,
            out_proj: builder.field("out_proj")?,
            embed_dim: builder.config("embed_dim")?,
            num_heads: builder.config("num_heads")?,
            options: builder.options()?,
            training: builder.field("training")?,
        };
        builder.check(layer.check())?;
        Ok(layer)
    }
}

impl fmt::Display for MultiheadAttention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.repr())
    }
}
