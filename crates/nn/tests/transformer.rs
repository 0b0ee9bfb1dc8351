//! Transformer encoders begin, print, compute and differentiate as torch's.

use autograd::Variable;
use nn::{
    EncoderMasks, LayerNorm, Module, Options, Registry, StateDict, TransformerEncoder,
    TransformerEncoderLayer, TransformerLayerOptions,
};
use tensor::Value;
use testing::{Case, Group, Within, alone, assert_close, ramp, recording, refusal};

/// The encoder of a case, after the seed that it was recorded with.
fn encoder(case: &Case) -> TransformerEncoder {
    let options: Value = case.text("options").parse().expect("Python");
    let sizes = case["sizes"].as_array().expect("two").iter();
    let sizes: Vec<usize> = sizes.map(|n| n.as_u64().expect("a size") as usize).collect();
    let options = TransformerLayerOptions::from_value(&options).expect("options");
    tensor::manual_seed(3);
    let layer = TransformerEncoderLayer::with(sizes[0], sizes[1], options);
    let norm = case["norm"].as_bool().expect("a flag").then(|| LayerNorm::new([sizes[0]]));
    TransformerEncoder::new(&layer, case.number("num_layers") as usize, norm)
}

fn compare(recorded: &Group) {
    let case = recorded.case;
    let encoder = encoder(case);
    assert_eq!(encoder.repr(), case.text("repr"));
    let start = recorded.tensors("start");
    assert!(encoder.state_dict().keys().eq(start.iter().map(|(name, _)| name)));
    for (name, expected) in start {
        assert_eq!(encoder.state_dict()[&name].to_vec::<f32>(), expected.to_vec::<f32>(), "{name}");
    }
    let state: StateDict = recorded.tensors("state").into_iter().collect();
    encoder.load_state_dict(&state).expect("torch's state dict");

    let x = Variable::new(case.tensor("x")).requires_grad_(true);
    let mask = |name: &str| case.get_tensor(name).map(Variable::new);
    let (src_mask, src_key_padding_mask) = (mask("src_mask"), mask("src_key_padding_mask"));
    for is_causal in [false, src_mask.is_some()] {
        let masks = EncoderMasks {
            src_mask: src_mask.clone(),
            src_key_padding_mask: src_key_padding_mask.clone(),
            is_causal,
        };
        encoder.zero_grad();
        x.zero_grad();
        tensor::manual_seed(5);
        let y = encoder.forward(&x, masks);
        y.backward_with(ramp(&y.data()));
        let gradient = |(name, of): (&str, &Variable)| (format!("d{name}"), of.grad().expect("a leaf"));
        let mut got = vec![("y".to_owned(), y.data()), gradient(("x", &x))];
        got.extend(encoder.named_parameters().iter().map(|(name, p)| gradient((name, p))));
        let expected = recorded.tensors("results");
        assert_eq!(got.len(), expected.len());
        for (name, expected) in expected {
            let (_, got) = got.iter().find(|(other, _)| *other == name).expect("all were recorded");
            let what = format!("{name} of {}", case.text("options"));
            assert_close(what, got, &expected, Within::of_largest(5e-6).plus(1e-6));
        }
    }
    let again = Registry::new().build_module(&encoder.architecture(), &state).expect("the same");
    assert_eq!(again.architecture(), encoder.architecture());
}

#[test]
fn encoders_are_torchs() {
    let _alone = alone();
    let recording = recording!("transformer");
    for recorded in recording.groups() {
        compare(&recorded);
    }
}

#[test]
fn a_hint_needs_its_mask() {
    let _alone = alone();
    let layer = TransformerEncoderLayer::new(4, 2);
    let x = Variable::new(tensor::zeros([3, 4]));
    let got = refusal(|| layer.forward(&x, EncoderMasks { is_causal: true, ..Default::default() }));
    assert!(got.contains("Need attn_mask if specifying the is_causal hint."), "{got}");
}
