use autograd::{ScaledDotProductAttentionOptions, Variable, linear, no_grad, scaled_dot_product_attention};
use tensor::DType;

use super::KeyValueCache;
use crate::layers::attention::mask::for_all_heads;
use crate::{Forward, MultiheadAttention};

const NAME: &str = "MultiheadAttention";

impl MultiheadAttention {
    /// Causal self-attention of new elements, which follow those in the cache: the last rows of what
    /// [`forward`](Self::forward) gives for all of them under a causal mask. `x` has the form of a query; the
    /// cache takes it up. The output has no history.
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::{KeyValueCache, Module, MultiheadAttention};
    /// use tensor::randn;
    ///
    /// let layer = MultiheadAttention::new(8, 2);
    /// layer.eval();
    /// let mut cache = KeyValueCache::new();
    /// layer.forward_cached(&Variable::new(randn([5, 8])), &mut cache);
    /// let y = layer.forward_cached(&Variable::new(randn([1, 8])), &mut cache);
    /// assert_eq!((y.shape(), cache.len()), (vec![1, 8], 6));
    /// ```
    ///
    /// # Panics
    /// If the layer is in training mode, has keys of its own (`add_bias_kv`, `add_zero_attn`) or other sizes
    /// of keys and values, or the cache is that of other sequences.
    #[track_caller]
    pub fn forward_cached(&self, x: &Variable, cache: &mut KeyValueCache) -> Variable {
        self.check_cached(x);
        no_grad(|| {
            let rows = self.by_sequence(x);
            let (batch, new, before) = (rows.size(0), rows.size(1), cache.len());
            let weight = self.in_proj_weight.as_ref();
            let weight =
                weight.unwrap_or_else(|| panic!("{NAME}: keys and values have other sizes than queries"));
            let rows = linear(&rows, weight, self.in_proj_bias.as_deref());
            cache.append(&rows.data(), self.num_heads);
            let [k, v] = cache.all().expect("it was just filled");
            let q = self.by_head(&rows.narrow(2, 0, self.embed_dim), [batch, new]);
            // What follows an element is hidden from it; nothing follows a single one.
            let seen = (before > 0 && new > 1)
                .then(|| tensor::ones_dtype([new, before + new], DType::Bool).tril(before as isize))
                .map(Variable::new);
            let is_causal = before == 0 && new > 1;
            let options = ScaledDotProductAttentionOptions { is_causal, ..Default::default() };
            let y = scaled_dot_product_attention(&q, &k, &v, seen.as_ref(), options);
            self.joined(&y, x)
        })
    }

    /// The keys and values of a memory, which all queries see but where `key_padding_mask` hides some, as
    /// [`AttentionForwardOptions`](crate::AttentionForwardOptions::key_padding_mask) has it. For
    /// [`forward_from`](Self::forward_from).
    ///
    /// # Panics
    /// As [`forward_cached`](Self::forward_cached), and if sizes do not fit.
    #[track_caller]
    pub fn cache(
        &self,
        key: &Variable,
        value: &Variable,
        key_padding_mask: Option<&Variable>,
    ) -> KeyValueCache {
        self.check_cached(key);
        no_grad(|| {
            let [_, of_key, of_value] = self.projections();
            let parts = [(key, of_key), (value, of_value)].map(|(x, (weight, bias))| {
                let rows = linear(&self.by_sequence(x), &weight, bias.as_ref());
                let sizes = [rows.size(0), rows.size(1)];
                self.by_head(&rows, sizes).data().contiguous()
            });
            let sizes = [parts[0].size(0), parts[0].size(2)];
            let mask = key_padding_mask.map(|mask| {
                let mask = if key.ndim() == 2 { mask.unsqueeze(0) } else { mask.clone() };
                for_all_heads(&mask, sizes, parts[0].dtype())
            });
            KeyValueCache::of(parts, mask)
        })
    }

    /// What each query takes from the elements in the cache: what [`forward`](Self::forward) gives for their
    /// keys and values. The output has no history.
    ///
    /// # Panics
    /// As [`forward_cached`](Self::forward_cached), and if the cache is empty.
    #[track_caller]
    pub fn forward_from(&self, query: &Variable, cache: &KeyValueCache) -> Variable {
        self.check_cached(query);
        let Some([k, v]) = cache.all() else { panic!("{NAME}: there are no keys in the cache") };
        no_grad(|| {
            let rows = self.by_sequence(query);
            let [(weight, bias), ..] = self.projections();
            let q = self.by_head(&linear(&rows, &weight, bias.as_ref()), [rows.size(0), rows.size(1)]);
            let y = scaled_dot_product_attention(&q, &k, &v, cache.mask.as_ref(), Default::default());
            self.joined(&y, query)
        })
    }

    #[track_caller]
    fn check_cached(&self, x: &Variable) {
        assert!(
            !self.training.get(),
            "{NAME}: a cache is for evaluation, but the layer is in training mode; call `eval` before"
        );
        assert!(
            self.bias_k.is_none() && !self.options.add_zero_attn,
            "{NAME}: a cache has no place for the keys of add_bias_kv and add_zero_attn"
        );
        let axes = x.ndim();
        assert!(
            axes == 2 || axes == 3,
            "{NAME}: query should be unbatched 2D or batched 3D tensor but received {axes}-D query tensor"
        );
    }

    /// `[N, L, …]`.
    fn by_sequence(&self, x: &Variable) -> Variable {
        match x.ndim() {
            2 => x.unsqueeze(0),
            _ if self.options.batch_first => x.clone(),
            _ => x.transpose(0, 1),
        }
    }

    /// `[N, heads, L, …]` of rows `[N, L, embed_dim]`.
    fn by_head(&self, rows: &Variable, [batch, length]: [usize; 2]) -> Variable {
        let width = self.embed_dim / self.num_heads;
        rows.reshape([batch, length, self.num_heads, width]).transpose(1, 2)
    }

    /// The output of all heads in the form of `x`.
    #[track_caller]
    fn joined(&self, y: &Variable, x: &Variable) -> Variable {
        let rows = y.transpose(1, 2).reshape([y.size(0), y.size(2), self.embed_dim]);
        let y = self.out_proj.forward(&rows);
        match x.ndim() {
            2 => y.squeeze(0),
            _ if self.options.batch_first => y,
            _ => y.transpose(0, 1),
        }
    }
}
