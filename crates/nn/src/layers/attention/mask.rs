//! The masks of attention as numbers that are added to the products of queries and keys.

use autograd::Variable;
use tensor::DType;

/// A mask of queries, `[1, L, S]` or `[heads, L, S]`, `heads` being those of all sequences. `q`: `[L, N, …]`.
#[track_caller]
pub(super) fn of_queries(mask: &Variable, q: &Variable, [heads, keys]: [usize; 2]) -> Variable {
    let (found, length) = (mask.shape(), q.size(0));
    let mask = additive("attn_mask", mask, q.dtype());
    if found.len() == 2 {
        assert!(
            found == [length, keys],
            "MultiheadAttention: The shape of the 2D attn_mask is {found:?}, but should be ({length}, {keys})."
        );
        return mask.unsqueeze(0);
    }
    assert!(
        found == [heads, length, keys],
        "MultiheadAttention: The shape of the 3D attn_mask is {found:?}, but should be ({heads}, {length}, {keys})."
    );
    mask
}

/// A mask of keys, `[heads, 1, S]`. `q`: `[L, N, …]`.
#[track_caller]
pub(super) fn of_keys(mask: &Variable, q: &Variable, [heads, keys]: [usize; 2]) -> Variable {
    let batch = q.size(1);
    let mask = for_all_heads(mask, [batch, keys], q.dtype());
    mask.expand([batch, heads / batch.max(1), 1, keys]).reshape([heads, 1, keys])
}

/// The same for sequences whose heads are an axis of their own, `[N, 1, 1, S]`.
#[track_caller]
pub(super) fn for_all_heads(mask: &Variable, [batch, keys]: [usize; 2], dtype: DType) -> Variable {
    for (axis, expected) in [batch, keys].into_iter().enumerate() {
        let found = mask.size(axis as isize);
        assert!(
            found == expected,
            "MultiheadAttention: Expected key_padded_mask.shape[{axis}] to be {expected}, but got {found}"
        );
    }
    additive("key_padding_mask", mask, dtype).reshape([batch, 1, 1, keys])
}

/// −∞ where a `Bool` is true.
#[track_caller]
fn additive(name: &str, mask: &Variable, dtype: DType) -> Variable {
    let found = mask.dtype();
    if found == DType::Bool {
        let zeros = tensor::zeros_dtype(mask.shape(), dtype);
        return Variable::new(zeros.masked_fill(&mask.data(), f64::NEG_INFINITY));
    }
    assert!(
        found.is_float(),
        "MultiheadAttention: only bool and floating types of {name} are supported, not {found}"
    );
    assert!(
        found == dtype,
        "MultiheadAttention: Input dtypes must be the same, got {name} of {found} and query of {dtype}"
    );
    mask.clone()
}
