use tensor::{DType, Tensor};

use super::flash::FlashAttention;
use crate::{Options, Variable, dropout};

/// The options of [`scaled_dot_product_attention`].
#[derive(Clone, Copy, Debug, PartialEq, Options)]
#[options(crate = tensor)]
pub struct ScaledDotProductAttentionOptions {
    /// The probability of a weight to be dropped; the others grow by `1/(1 − p)`. Default 0.
    pub dropout_p: f64,
    /// Whether a query sees only the keys up to its own place. Default no.
    pub is_causal: bool,
    /// What the products are multiplied by. Default `1/√E`.
    pub scale: Option<f64>,
    /// Whether several heads of queries may share one of keys and values. Default no.
    pub enable_gqa: bool,
}

/// `y = softmax(q·kᵀ·scale + mask)·v` (Vaswani et al., *Attention is all you need*, 2017), as
/// `torch.nn.functional.scaled_dot_product_attention`.
///
/// A `mask` of `Bool` says where a query sees a key; one of floats is added to the products, and has a
/// gradient. What a query that sees no key gets is zeros.
///
/// Without dropout, of three or four axes and with `E = Ev`, it goes by blocks of queries and keys: memory
/// grows with `L` and `S` and not with their product, and numbers are torch's to the bit, on one of its
/// threads. A mask that has a gradient, rows whose elements are no neighbours, or a batch that broadcasts
/// take the way over all weights, as in torch. Both ways have second derivatives; torch has none on the
/// first.
///
/// # Shapes
/// - `q`: `[…, L, E]`, `k`: `[…, S, E]`, `v`: `[…, S, Ev]`; what stands before broadcasts
/// - `mask`: what broadcasts to `[…, L, S]`
/// - `y`: `[…, L, Ev]`
///
/// With `enable_gqa`, the third axis from the end counts heads, and that of `q` is a multiple of those of `k`
/// and `v`: each head of these serves so many neighbours.
///
/// ```
/// use autograd::{ScaledDotProductAttentionOptions, Variable, scaled_dot_product_attention};
/// use tensor::{Tensor, zeros};
///
/// let (q, v) = (Variable::new(zeros([3, 1])), Variable::new(Tensor::from([[1.0f32], [3.0], [8.0]])));
/// let options = ScaledDotProductAttentionOptions { is_causal: true, ..Default::default() };
/// // All keys fit alike, so this is the mean of what was so far.
/// let y = scaled_dot_product_attention(&q, &q, &v, None, options);
/// assert_eq!(y.data().to_vec::<f32>(), [1.0, 2.0, 4.0]);
/// ```
///
/// # Panics
/// If there are fewer than two axes, sizes or dtypes do not fit, there is a mask besides `is_causal`, or
/// `dropout_p` is outside [0, 1].
#[track_caller]
pub fn scaled_dot_product_attention(
    q: &Variable,
    k: &Variable,
    v: &Variable,
    mask: Option<&Variable>,
    options: ScaledDotProductAttentionOptions,
) -> Variable {
    let ScaledDotProductAttentionOptions { dropout_p, is_causal, scale, enable_gqa } = options;
    check([q, k, v], mask, is_causal);
    let scale = scale.unwrap_or_else(|| 1.0 / (q.size(-1) as f64).sqrt());
    // Without a batch the first axis counts heads.
    let batched = |x: &Variable| if q.ndim() == 3 && x.ndim() == 3 { x.unsqueeze(0) } else { x.clone() };
    let (qkv, seen) = ([q, k, v].map(batched), mask.map(batched));
    if FlashAttention::suits(qkv.each_ref(), seen.as_ref(), dropout_p, enable_gqa) {
        let y = FlashAttention { is_causal, scale }.apply(qkv.each_ref(), seen.as_ref());
        return if q.ndim() == 3 { y.squeeze(0) } else { y };
    }
    let [k, v] = if enable_gqa { [k, v].map(|x| shared(x, q)) } else { [k, v].map(Variable::clone) };
    // Both factors are scaled, as in torch: their products are smaller than if one was.
    let root = scale.abs().sqrt();
    let scores = q.mul_scalar(root.copysign(scale)).matmul(&k.transpose(-2, -1).mul_scalar(root));
    let weights = match mask {
        Some(mask) => masked_softmax(&scores, mask),
        None if is_causal => {
            let later = tensor::ones_dtype([q.size(-2), k.size(-2)], DType::Bool).triu(1);
            scores.masked_fill(&later, f64::NEG_INFINITY).softmax(-1)
        }
        None => scores.softmax(-1),
    };
    dropout(&weights, dropout_p).matmul(&v)
}

/// The softmax of what the mask leaves, zeros in a row of which it leaves nothing.
#[track_caller]
fn masked_softmax(scores: &Variable, mask: &Variable) -> Variable {
    let masked = if mask.dtype() == DType::Bool {
        scores.masked_fill(&mask.data().logical_not(), f64::NEG_INFINITY)
    } else {
        scores + mask.to_dtype(scores.dtype())
    };
    assert!(
        masked.shape() == scores.shape(),
        "scaled_dot_product_attention: output with shape {:?} doesn't match the broadcast shape {:?}",
        scores.shape(),
        masked.shape()
    );
    if masked.numel() == 0 {
        return masked.softmax(-1);
    }
    // Such a row is taken out first: its softmax would be NaN, and so would be its gradient.
    let nothing = masked.data().amax(-1, true).eq(&Tensor::from(f64::NEG_INFINITY));
    masked.masked_fill(&nothing, 0.0).softmax(-1).masked_fill(&nothing, 0.0)
}

/// Each head of `x` as often as heads of `q` share it.
#[track_caller]
fn shared(x: &Variable, q: &Variable) -> Variable {
    assert!(
        x.ndim() >= 3 && q.ndim() >= 3,
        "scaled_dot_product_attention: enable_gqa is for heads along the third axis from the end, got shapes {:?} \
         and {:?}",
        q.shape(),
        x.shape()
    );
    let (heads, queries) = (x.size(-3), q.size(-3));
    assert!(
        heads > 0 && queries.is_multiple_of(heads),
        "scaled_dot_product_attention: Number of heads in key and value must divide the number of heads in query, \
         got {heads} and {queries}"
    );
    let mut shape = x.shape();
    let axis = shape.len() - 3;
    shape.insert(axis + 1, queries / heads);
    let repeated = x.unsqueeze(-3).expand(&shape);
    shape.remove(axis + 1);
    shape[axis] = queries;
    repeated.reshape(&shape)
}

#[track_caller]
fn check([q, k, v]: [&Variable; 3], mask: Option<&Variable>, is_causal: bool) {
    const NAME: &str = "scaled_dot_product_attention";
    let axes = [q, k, v].map(Variable::ndim);
    assert!(
        axes.iter().all(|&axes| axes >= 2),
        "{NAME}: Expected query, key, and value to all be at least 2 dimensional, but got query.dim: {} key.dim: \
         {} and value.dim: {} instead",
        axes[0],
        axes[1],
        axes[2]
    );
    let dtypes = [q, k, v].map(Variable::dtype);
    let [query, key, value] = dtypes;
    assert!(
        query == key && key == value,
        "{NAME}: Expected query, key, and value to have the same dtype, but got query.dtype: {query} key.dtype: \
         {key} and value.dtype: {value} instead"
    );
    assert!(query.is_float(), "{NAME}: not defined for {query} (shape {:?})", q.shape());
    let [queries, keys, values] = [q, k, v].map(Variable::shape);
    assert!(
        q.size(-1) == k.size(-1) && k.size(-2) == v.size(-2),
        "{NAME}: query and key must have rows of one length, key and value as many of them, got shapes {queries:?}, \
         {keys:?} and {values:?}"
    );
    let Some(mask) = mask else { return };
    assert!(!is_causal, "{NAME}: Explicit attn_mask should not be set when is_causal=True");
    let dtype = mask.dtype();
    assert!(
        dtype == DType::Bool || dtype == DType::F32 || dtype == query,
        "{NAME}: Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: \
         {dtype} and query.dtype: {query} instead"
    );
    let (shape, products) = (mask.shape(), [q.size(-2), k.size(-2)]);
    let fits = shape.iter().rev().zip(products.iter().rev()).all(|(&i, &n)| i == n || i == 1);
    assert!(
        fits,
        "{NAME}: attn_mask must broadcast to the products of {} queries and {} keys, but its shape is {shape:?}",
        products[0], products[1]
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::{gradchecks, ramp};

    type Attention = ScaledDotProductAttentionOptions;

    #[test]
    fn gradients_match_finite_differences() {
        let x = [ramp(&[2, 3, 4]), ramp(&[2, 2, 4]), ramp(&[2, 2, 5])];
        let attend = |x: &[Variable], mask: Option<&Variable>, options| {
            scaled_dot_product_attention(&x[0], &x[1], &x[2], mask, options)
        };
        let causal = Attention { is_causal: true, scale: Some(-0.7), ..Default::default() };
        gradchecks(|x| attend(x, None, Attention::default()), &x);
        gradchecks(|x| attend(x, None, causal), &x);
        let seen = Variable::new(Tensor::from([[true, false], [false, false], [true, true]]));
        gradchecks(|x| attend(x, Some(&seen), Attention::default()), &x);
        let [q, k, v] = x;
        gradchecks(|x| attend(x, Some(&x[3]), Attention::default()), &[q, k, v, ramp(&[3, 2])]);
        let shared = Attention { enable_gqa: true, ..Default::default() };
        gradchecks(|x| attend(x, None, shared), &[ramp(&[4, 3, 2]), ramp(&[2, 3, 2]), ramp(&[1, 3, 2])]);
    }

    #[test]
    #[should_panic(
        expected = "attn_mask must broadcast to the products of 2 queries and 4 keys, but its shape is [4, 2]"
    )]
    fn a_mask_has_a_place_for_each_query_and_key() {
        let [q, k] = [[2, 3], [4, 3]].map(|shape| Variable::new(tensor::ones(shape)));
        let mask = Variable::new(tensor::ones_dtype([4, 2], DType::Bool));
        scaled_dot_product_attention(&q, &k, &k, Some(&mask), Attention::default());
    }

    #[test]
    fn a_query_that_sees_nothing_gets_zeros() {
        let x = || Variable::new(tensor::ones([2, 3])).requires_grad_(true);
        for mask in [Tensor::from([[true], [false]]), Tensor::from([[0.0f32], [f32::NEG_INFINITY]])] {
            let (q, k, v) = (x(), x(), x());
            let y =
                scaled_dot_product_attention(&q, &k, &v, Some(&Variable::new(mask)), Attention::default());
            assert_eq!(y.data().to_vec::<f32>(), [1.0, 1.0, 1.0, 0.0, 0.0, 0.0]);
            y.sum().backward();
            assert_eq!(q.grad().expect("a leaf").to_vec::<f32>(), [0.0; 6]);
            assert_eq!(v.grad().expect("a leaf").to_vec::<f32>(), [0.5; 6]);
        }
    }
}
