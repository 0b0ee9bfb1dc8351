use tensor::{DType, Tensor};

use crate::op::attributes;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

/// Attention by blocks, whose weights never exist as a whole: of queries `[batch, heads, queries, width]`,
/// keys and values `[batch, key heads, keys, width]`, and a mask that is added.
pub(super) struct FlashAttention {
    pub(super) is_causal: bool,
    pub(super) scale: f64,
}

impl FlashAttention {
    /// Whether torch takes this way, which has other roundings.
    pub(super) fn suits(
        [q, k, v]: [&Variable; 3],
        mask: Option<&Variable>,
        dropout_p: f64,
        enable_gqa: bool,
    ) -> bool {
        let shapes = [q, k, v].map(Variable::shape);
        let [&[batch, heads, length, width], &[key_batch, key_heads, keys, _], _] =
            shapes.each_ref().map(Vec::as_slice)
        else {
            return false;
        };
        let shared =
            if enable_gqa { heads % key_heads.max(1) == 0 } else { key_heads == heads || key_heads == 1 };
        let fits = key_batch == batch && shared && shapes[2] == [batch, key_heads, keys, width];
        let seen = mask.is_none_or(|mask| {
            let (shape, full) = (mask.shape(), [batch, heads, length, keys]);
            let broadcasts = match shape.len() {
                axes @ (2 | 4) => {
                    shape.iter().zip(&full[4 - axes..]).all(|(&found, &size)| found == size || found == 1)
                }
                _ => false,
            };
            broadcasts && !mask.requires_grad()
        });
        let in_rows = [q, k, v].iter().all(|x| x.numel() > 0 && x.data().strides()[3] == 1);
        dropout_p == 0.0 && fits && seen && in_rows
    }

    pub(super) fn apply(self, [q, k, v]: [&Variable; 3], mask: Option<&Variable>) -> Variable {
        let mask = mask.map(|mask| match mask.dtype() {
            DType::Bool => {
                let zeros = tensor::zeros_dtype(mask.shape(), q.dtype());
                Variable::new(zeros.masked_fill(&mask.data().logical_not(), f64::NEG_INFINITY))
            }
            _ => mask.to_dtype(q.dtype()),
        });
        let inputs: Vec<&Variable> = [q, k, v].into_iter().chain(&mask).collect();
        apply(self, &inputs).single()
    }

    /// What each query takes from each value, and what a mask and the causal order leave of it.
    fn weights<V: Differentiable>(&self, q: &V, k: &V, mask: Option<&V>) -> V {
        let mut scores = q.matmul(&k.transpose(-2, -1)).into_mul_scalar(self.scale);
        if let Some(mask) = mask {
            scores = scores + mask;
        }
        if self.is_causal {
            let shape = [q.value().size(-2), k.value().size(-2)];
            scores = scores.masked_fill(&tensor::ones_dtype(shape, DType::Bool).triu(1), f64::NEG_INFINITY);
        }
        // A query that sees no key gets zeros: its sum is taken to be 1.
        let max = scores.value().amax(-1, true);
        let nothing = max.eq(&Tensor::from(f64::NEG_INFINITY));
        let exponentials = (scores - &V::constant(max.masked_fill(&nothing, 0.0))).exp();
        let sums = exponentials.sum_dim(&[-1], true) + &V::constant(nothing.to_dtype(max.dtype()));
        exponentials / &sums
    }
}

impl Op for FlashAttention {
    fn name(&self) -> &'static str {
        "ScaledDotProductFlashAttentionForCpuBackward0"
    }

    attributes!(is_causal, scale);

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        let (y, normalizers) = x[0].native_attention(&x[1], &x[2], x.get(3), self.is_causal, self.scale);
        (0..3).for_each(|i| save.input(i));
        save.output(0);
        save.constant(|| normalizers);
        save.input_if(x.len() > 3, 3.min(x.len() - 1));
        y.into()
    }

    /// With `P` the weights: `dv = Pᵀ·dy`, `dS = P·(dP − Σ P·dP)` with `dP = dy·vᵀ`, `dq = dS·k·scale`, and
    /// `dk = dSᵀ·q·scale`.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let (dy, [q, k, v], y) = (dy.single(), [0, 1, 2].map(|i| &saved[i]), &saved[3]);
        let mask = (needs.len() > 3).then(|| &saved[5]);
        if let (Some(plain), [Some(q), Some(k), Some(v), Some(y)]) = (dy.plain(), [q, k, v, y].map(V::plain))
        {
            let (mask, normalizers) = (mask.map(V::value), saved[4].value());
            let given = [y, &*normalizers];
            let all = plain.native_attention_backward(
                [q, k, v],
                mask.as_deref(),
                given,
                self.is_causal,
                self.scale,
            );
            return all
                .into_iter()
                .map(|gradient| Some(V::constant(gradient)))
                .chain(mask.map(|_| None))
                .collect();
        }
        let (shape, of_keys) = (q.value().shape().to_vec(), k.value().shape().to_vec());
        let [batch, key_heads, keys, width] = of_keys[..] else { unreachable!("four axes") };
        let shared = shape[1] / key_heads;
        let spread = |x: &V| {
            let x = x.unsqueeze(2).expand(&[batch, key_heads, shared, keys, width]);
            x.reshape(&[batch, shape[1], keys, width])
        };
        let gather = |x: V| x.reshape(&[batch, key_heads, shared, keys, width]).sum_dim(&[2], false);
        let (k, v) = (spread(k), spread(v));
        let p = self.weights(q, &k, mask);
        let dp = dy.matmul(&v.transpose(-2, -1));
        let dots = (dp.clone() * &p).sum_dim(&[-1], true);
        let ds = ((dp - &dots) * &p).into_mul_scalar(self.scale);
        let dq = needs[0].then(|| ds.matmul(&k));
        let dk = needs[1].then(|| gather(ds.transpose(-2, -1).matmul(q)));
        let dv = needs[2].then(|| gather(p.transpose(-2, -1).matmul(&dy)));
        [dq, dk, dv].into_iter().chain(mask.map(|_| None)).collect()
    }
}

#[cfg(test)]
mod tests {
    use tensor::{DType, Tensor, ones};

    use crate::gradcheck::{gradchecks, numbers};
    use crate::{ScaledDotProductAttentionOptions, Variable, scaled_dot_product_attention};

    type Attention = ScaledDotProductAttentionOptions;

    #[test]
    fn gradients_match_finite_differences() {
        let attend = |x: &[Variable], mask: Option<&Variable>, options: Attention| {
            scaled_dot_product_attention(&x[0], &x[1], &x[2], mask, options)
        };
        let x = [numbers(&[2, 2, 3, 4]), numbers(&[2, 2, 5, 4]), numbers(&[2, 2, 5, 4])];
        let causal = Attention { is_causal: true, scale: Some(-0.7), ..Default::default() };
        gradchecks(|x| attend(x, None, Attention::default()), &x);
        gradchecks(|x| attend(x, None, causal), &x);
        let seen = ones([3, 5]).to_dtype(DType::Bool).tril(-1); // the first query sees nothing
        let added = numbers(&[2, 1, 1, 5]);
        for mask in [seen, added].map(Variable::new) {
            gradchecks(|x| attend(x, Some(&mask), Attention::default()), &x);
        }
        let shared = Attention { enable_gqa: true, ..Default::default() };
        let x = [numbers(&[1, 4, 3, 2]), numbers(&[1, 2, 3, 2]), numbers(&[1, 2, 3, 2])];
        gradchecks(|x| attend(x, None, shared), &x);
    }

    /// The way that torch 2.15 takes.
    #[test]
    fn the_way_is_torchs() {
        let of = |shapes: [&[usize]; 3], mask: Option<Tensor>, options: Attention| {
            let x = shapes.map(|shape| Variable::new(ones(shape)).requires_grad_(true));
            let mask = mask.map(Variable::new);
            let y = scaled_dot_product_attention(&x[0], &x[1], &x[2], mask.as_ref(), options);
            let name = y.grad_fn().expect("it was recorded");
            name.contains("Flash") || name.contains("Squeeze")
        };
        let plain = Attention::default();
        let (q, k) = ([2, 3, 5, 8], [2, 3, 6, 8]);
        assert!(of([&q, &k, &k], None, plain));
        assert!(of([&q[1..], &k[1..], &k[1..]], None, plain));
        assert!(of([&q, &[2, 1, 6, 8], &[2, 1, 6, 8]], None, plain));
        assert!(!of([&q, &[1, 3, 6, 8], &[1, 3, 6, 8]], None, plain));
        assert!(!of([&q, &k, &[2, 3, 6, 4]], None, plain));
        assert!(!of([&q[2..], &k[2..], &k[2..]], None, plain));
        assert!(!of([&[1, 2, 3, 5, 8], &[1, 2, 3, 6, 8], &[1, 2, 3, 6, 8]], None, plain));
        assert!(!of([&q, &k, &k], None, Attention { dropout_p: 0.5, ..plain }));
        for (mask, flash) in
            [(ones([5, 6]), true), (ones([1, 6]), true), (ones([2, 1, 1, 6]), true), (ones([3, 5, 6]), false)]
        {
            assert_eq!(of([&q, &k, &k], Some(mask), plain), flash);
        }
        let shared = Attention { enable_gqa: true, ..plain };
        assert!(of([&[2, 4, 5, 8], &[2, 2, 6, 8], &[2, 2, 6, 8]], None, shared));
        assert!(!of([&[2, 4, 5, 8], &[2, 2, 6, 8], &[2, 1, 6, 8]], None, shared));
    }
}
