//! Attention layers begin, print, compute and differentiate as torch's.

use autograd::Variable;
use nn::{AttentionForwardOptions, AttentionOutput, Module, MultiheadAttention, Registry};
use tensor::{DType, Tensor};
use testing::{Case, Group, Within, alone, assert_close, ramp, recording, refusal};

fn layer(case: &Case) -> MultiheadAttention {
    let sizes = case.sizes("sizes");
    tensor::manual_seed(3);
    MultiheadAttention::with(sizes[0], sizes[1], case.options())
}

fn call(case: &Case) -> AttentionForwardOptions {
    let flag = |name: &str, otherwise: bool| case[name].as_bool().unwrap_or(otherwise);
    let mask = |name: &str| case.get_tensor(name).map(Variable::new);
    AttentionForwardOptions {
        key_padding_mask: mask("key_padding_mask"),
        need_weights: flag("need_weights", true),
        attn_mask: mask("attn_mask"),
        average_attn_weights: flag("average_attn_weights", true),
        is_causal: flag("is_causal", false),
    }
}

/// Everything torch gave for a layer.
fn compare(recorded: &Group) {
    let case = recorded.case;
    let layer = layer(case);
    assert_eq!(layer.repr(), case.text("repr"));
    let start = recorded.tensors("start");
    if !start.is_empty() {
        let state = layer.state_dict();
        assert!(state.keys().eq(start.iter().map(|(name, _)| name)), "{}", case.text("options"));
        for (name, expected) in start {
            assert_eq!(
                state[&name].to_vec::<f32>(),
                expected.to_vec::<f32>(),
                "{name} of {}",
                case.text("options")
            );
        }
    }
    let names = ["query", "key", "value"];
    let inputs = names.map(|name| case.get_tensor(name).map(|x| Variable::new(x).requires_grad_(true)));
    let query = inputs[0].as_ref().expect("there is one");
    let [key, value] = [&inputs[1], &inputs[2]].map(|x| x.as_ref().unwrap_or(query));
    layer.to_dtype(query.dtype());
    tensor::manual_seed(5);
    let AttentionOutput { output, weights } = layer.forward(query, key, value, call(case));
    let mut got = vec![("y".to_owned(), output.data())];
    let weighed = |y: &Variable| (y * Variable::new(ramp(&y.data()))).sum();
    let mut loss = weighed(&output);
    if let Some(weights) = weights {
        got.push(("weights".to_owned(), weights.data()));
        loss += weighed(&weights);
    }
    loss.backward();
    let gradient = |(name, of): (&str, &Variable)| (format!("d{name}"), of.grad().expect("a leaf"));
    let given = names.iter().zip(&inputs).filter_map(|(name, x)| Some((*name, x.as_ref()?)));
    got.extend(given.map(gradient));
    got.extend(layer.named_parameters().iter().map(|(name, p)| gradient((name, p))));

    let expected = recorded.tensors("results");
    assert_eq!(got.len(), expected.len());
    for (name, expected) in expected {
        let (_, got) = got.iter().find(|(other, _)| *other == name).expect("all were recorded");
        let what = format!("{name} of {} {}", case.text("options"), case.fields());
        let single = got.dtype() == DType::F32;
        let within =
            if single { Within::of_largest(2e-6).plus(1e-7) } else { Within::of_largest(1e-14).plus(1e-15) };
        assert_close(what, got, &expected, within);
    }
    let again = Registry::new().build_module(&layer.architecture(), &layer.state_dict()).expect("the same");
    assert_eq!(again.architecture(), layer.architecture());
}

#[test]
fn several_heads_are_torchs() {
    let _alone = alone();
    let recording = recording!("attention");
    for recorded in recording.groups() {
        compare(&recorded);
    }
}

/// Right words: torch's for the same calls.
#[test]
fn what_does_not_fit_is_refused_in_torchs_words() {
    let _alone = alone();
    let zeros = |shape: &[usize]| Variable::new(tensor::zeros(shape));
    let hidden = |shape: &[usize]| Some(Variable::new(tensor::zeros_dtype(shape, DType::Bool)));
    let layer = MultiheadAttention::new(4, 2);
    let of = |[q, k, v]: [&[usize]; 3], options: AttentionForwardOptions| {
        refusal(|| layer.forward(&zeros(q), &zeros(k), &zeros(v), options).output.shape())
    };
    let plain = AttentionForwardOptions::default;
    let masked = |attn_mask| AttentionForwardOptions { attn_mask, ..plain() };
    let padded = |key_padding_mask| AttentionForwardOptions { key_padding_mask, ..plain() };
    let (x, one): ([&[usize]; 3], [&[usize]; 3]) = ([&[3, 2, 4]; 3], [&[3, 4]; 3]);
    let counted = Some(Variable::new(Tensor::from([[0i64; 3]; 3])));
    for (got, expected) in [
        (
            refusal(|| MultiheadAttention::new(0, 3)),
            "embed_dim and num_heads must be greater than 0, got embed_dim=0 and num_heads=3 instead",
        ),
        (refusal(|| MultiheadAttention::new(4, 3)), "embed_dim must be divisible by num_heads"),
        (
            of([&[4], x[0], x[0]], plain()),
            "query should be unbatched 2D or batched 3D tensor but received 1-D query tensor",
        ),
        (
            of([x[0], &[2, 4], x[0]], plain()),
            "expected `key` and `value` to be 3-D but found 2-D and 3-D tensors respectively",
        ),
        (of([&[3, 2, 5], x[0], x[0]], plain()), "was expecting embedding dimension of 4, but got 5"),
        (of([x[0], &[4, 2, 4], x[0]], plain()), "key shape [4, 2, 4] does not match value shape [3, 2, 4]"),
        (
            of(x, AttentionForwardOptions { is_causal: true, ..plain() }),
            "Need attn_mask if specifying the is_causal",
        ),
        (of(x, padded(hidden(&[3]))), "expected `key_padding_mask` to be `None` or 2-D but found 1-D tensor"),
        (of(x, padded(hidden(&[3, 2]))), "Expected key_padded_mask.shape[0] to be 2, but got 3"),
        (of(x, padded(hidden(&[2, 4]))), "Expected key_padded_mask.shape[1] to be 3, but got 4"),
        (of(one, masked(hidden(&[3]))), "expected `attn_mask` to be `None`, 2-D or 3-D but found 1-D tensor"),
        (of(x, masked(hidden(&[3, 4]))), "The shape of the 2D attn_mask is [3, 4], but should be (3, 3)."),
        (
            of(x, masked(hidden(&[3, 3, 3]))),
            "The shape of the 3D attn_mask is [3, 3, 3], but should be (4, 3, 3).",
        ),
        (of(x, masked(counted)), "only bool and floating types of attn_mask are supported"),
    ] {
        assert!(got.contains(expected), "{got}");
    }
}

/// Right values: the same calls in torch, where the weights decide which formula runs.
#[test]
fn a_query_that_sees_nothing_is_nan_only_beside_its_weights() {
    let _alone = alone();
    let (layer, x) = (MultiheadAttention::new(2, 1), Variable::new(tensor::ones([2, 2])));
    let attn_mask = Some(Variable::new(Tensor::from([[true, true], [false, false]])));
    for need_weights in [true, false] {
        let options =
            AttentionForwardOptions { attn_mask: attn_mask.clone(), need_weights, ..Default::default() };
        let y = layer.forward(&x, &x, &x, options).output.data().to_vec::<f32>();
        assert_eq!([y[0].is_nan(), y[2].is_nan()], [need_weights, false]);
        assert!(need_weights || y[..2] == [0.0; 2], "{y:?}");
    }
}
