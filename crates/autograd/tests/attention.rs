//! Attention by blocks is torch's to the bit, and so are its gradients; what it keeps grows with the tokens.

use autograd::{ScaledDotProductAttentionOptions, Variable, scaled_dot_product_attention};
use tensor::kernels::rounding::Rounding;
use tensor::{Tensor, randn};
use testing::{alone, checksum, recording_of_isa, same_on_any_number_of_threads};

/// As the script of the recording draws it.
fn mask(kind: &str, [batch, heads, _, queries, keys, _]: [usize; 6]) -> Tensor {
    match kind {
        "seen" => tensor::rand([queries, keys]).gt(f64::from(0.3f32)),
        "keys" => randn([batch, 1, 1, keys]),
        "nothing" => tensor::ones_dtype([queries, keys], tensor::DType::Bool).tril(-1),
        _ => randn([batch, heads, queries, keys]),
    }
}

#[test]
fn attention_is_torchs_to_the_bit() {
    let _alone = alone();
    let Some(recording) = recording_of_isa!("attention") else { return };
    let before = Rounding::current();
    Rounding::Amd.select();
    let mut others = Vec::new();
    assert_eq!(recording.cases().len(), 27);
    for case in recording.cases() {
        let all: [usize; 6] = case.sizes("sizes").try_into().expect("six sizes");
        let [batch, heads, key_heads, queries, keys, width] = all;
        tensor::manual_seed(7);
        let qkv: Vec<Tensor> = if case["packed"] == true {
            let qkv = randn([batch, queries, 3, heads, width]).permute([2, 0, 3, 1, 4]);
            (0..3).map(|i| qkv.select(0, i)).collect()
        } else {
            let shapes = [(heads, queries), (key_heads, keys), (key_heads, keys)];
            shapes.into_iter().map(|(heads, rows)| randn([batch, heads, rows, width])).collect()
        };
        let qkv: Vec<Variable> = qkv.into_iter().map(|x| Variable::new(x).requires_grad_(true)).collect();
        let mask = case["mask"].as_str().map(|kind| Variable::new(mask(kind, all)));
        let options = ScaledDotProductAttentionOptions {
            is_causal: case["is_causal"] == true,
            scale: case.get_number("scale"),
            enable_gqa: heads != key_heads,
            ..Default::default()
        };
        let y = scaled_dot_product_attention(&qkv[0], &qkv[1], &qkv[2], mask.as_ref(), options);
        y.backward_with(randn(y.shape()));
        let results = [y.data()].into_iter().chain(qkv.iter().map(|x| x.grad().expect("a leaf")));
        for (name, got) in ["y", "dq", "dk", "dv"].into_iter().zip(results) {
            if checksum(&got) != case.text(name) {
                others.push(format!("{name} of {case:?}"));
            }
        }
    }
    before.select();
    assert!(others.is_empty(), "{others:#?}");
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    same_on_any_number_of_threads(|| {
        let qkv = [4, 2, 2].map(|heads| Variable::new(randn([2, heads, 77, 16])).requires_grad_(true));
        let options =
            ScaledDotProductAttentionOptions { is_causal: true, enable_gqa: true, ..Default::default() };
        let y = scaled_dot_product_attention(&qkv[0], &qkv[1], &qkv[2], None, options);
        y.backward_with(randn(y.shape()));
        let [dq, dk, dv] = qkv.map(|x| checksum(&x.grad().expect("a leaf")));
        [checksum(&y.data()), dq, dk, dv]
    });
}
