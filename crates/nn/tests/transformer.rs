//! Transformers and their halves begin, print, compute and differentiate as torch's.

use autograd::Variable;
use nn::{
    DecoderMasks, EncoderMasks, LayerNorm, Module, Registry, StateDict, Transformer, TransformerDecoder,
    TransformerDecoderLayer, TransformerEncoder, TransformerEncoderLayer, TransformerLayerOptions,
    TransformerMasks,
};
use tensor::{DType, Tensor};
use testing::{Case, Group, Within, alone, assert_close, ramp, recording, refusal};

/// The net of a case, after the seed that it was recorded with, and how it is called.
struct Net {
    module: Box<dyn Module>,
    inputs: Vec<(&'static str, Variable)>,
    forward: Call,
}

type Call = fn(&dyn Module, &[(&str, Variable)], TransformerMasks) -> Variable;

fn net(case: &Case) -> Net {
    let options: TransformerLayerOptions = case.options();
    let sizes = case.sizes("sizes");
    let norm = || case["norm"].as_bool().expect("a flag").then(|| LayerNorm::new([sizes[0]]));
    let input = |name| (name, Variable::new(case.tensor(name)).requires_grad_(true));
    tensor::manual_seed(3);
    match case.name() {
        "TransformerEncoder" => {
            let layer = TransformerEncoderLayer::with(sizes[0], sizes[1], options);
            assert_eq!(layer.options(), options);
            Net {
                module: Box::new(TransformerEncoder::new(&layer, case.size("num_layers"), norm())),
                inputs: vec![input("src")],
                forward: |net, x, masks| {
                    let net = net.downcast_ref::<TransformerEncoder>().expect("it is one");
                    net.forward(&x[0].1, of_encoder(&masks))
                },
            }
        }
        "TransformerDecoder" => {
            let layer = TransformerDecoderLayer::with(sizes[0], sizes[1], options);
            assert_eq!(layer.options(), options);
            Net {
                module: Box::new(TransformerDecoder::new(&layer, case.size("num_layers"), norm())),
                inputs: vec![input("tgt"), input("memory")],
                forward: |net, x, masks| {
                    let net = net.downcast_ref::<TransformerDecoder>().expect("it is one");
                    net.forward(&x[0].1, &x[1].1, of_decoder(&masks))
                },
            }
        }
        _ => Net {
            module: Box::new(Transformer::with(sizes[0], sizes[1], sizes[2], sizes[3], options)),
            inputs: vec![input("src"), input("tgt")],
            forward: |net, x, masks| {
                let net = net.downcast_ref::<Transformer>().expect("it is one");
                net.forward(&x[0].1, &x[1].1, masks)
            },
        },
    }
}

fn of_encoder(masks: &TransformerMasks) -> EncoderMasks {
    EncoderMasks {
        src_mask: masks.src_mask.clone(),
        src_key_padding_mask: masks.src_key_padding_mask.clone(),
        is_causal: masks.src_is_causal,
    }
}

fn of_decoder(masks: &TransformerMasks) -> DecoderMasks {
    DecoderMasks {
        tgt_mask: masks.tgt_mask.clone(),
        memory_mask: masks.memory_mask.clone(),
        tgt_key_padding_mask: masks.tgt_key_padding_mask.clone(),
        memory_key_padding_mask: masks.memory_key_padding_mask.clone(),
        tgt_is_causal: masks.tgt_is_causal,
        memory_is_causal: masks.memory_is_causal,
    }
}

/// The masks of a case, with a hint where one is causal if `hinted`.
fn masks(recorded: &Group, hinted: bool) -> TransformerMasks {
    let masks = recorded.tensors("masks");
    let mask = |name: &str| {
        masks.iter().find(|(other, _)| other == name).map(|(_, mask)| Variable::new(mask.clone()))
    };
    let causal = |name: &str| hinted && mask(name).is_some_and(|mask| mask.dtype() == DType::F32);
    TransformerMasks {
        src_mask: mask("src_mask"),
        tgt_mask: mask("tgt_mask"),
        memory_mask: mask("memory_mask"),
        src_key_padding_mask: mask("src_key_padding_mask"),
        tgt_key_padding_mask: mask("tgt_key_padding_mask"),
        memory_key_padding_mask: mask("memory_key_padding_mask"),
        src_is_causal: causal("src_mask"),
        tgt_is_causal: causal("tgt_mask"),
        memory_is_causal: false,
    }
}

fn compare(recorded: &Group) {
    let case = recorded.case;
    let Net { module, inputs, forward } = net(case);
    assert_eq!(module.repr(), case.text("repr"));
    let start = recorded.tensors("start");
    assert!(module.state_dict().keys().eq(start.iter().map(|(name, _)| name)));
    for (name, expected) in start {
        assert_eq!(module.state_dict()[&name].to_vec::<f32>(), expected.to_vec::<f32>(), "{name}");
    }
    let state: StateDict = recorded.tensors("state").into_iter().collect();
    module.load_state_dict(&state).expect("torch's state dict");

    for hinted in [false, true] {
        module.zero_grad();
        inputs.iter().for_each(|(_, x)| x.zero_grad());
        tensor::manual_seed(5);
        let y = forward(&*module, &inputs, masks(recorded, hinted));
        y.backward_with(ramp(&y.data()));
        let gradient = |(name, of): (&str, &Variable)| (format!("d{name}"), of.grad().expect("a leaf"));
        let mut got = vec![("y".to_owned(), y.data())];
        got.extend(inputs.iter().map(|(name, x)| gradient((name, x))));
        got.extend(module.named_parameters().iter().map(|(name, p)| gradient((name, p))));
        let expected = recorded.tensors("results");
        assert_eq!(got.len(), expected.len());
        for (name, expected) in expected {
            let (_, got) = got.iter().find(|(other, _)| *other == name).expect("all were recorded");
            let what = format!("{name} of {} {}", case.name(), case.text("options"));
            assert_close(what, got, &expected, Within::of_largest(5e-6).plus(1e-6));
        }
    }
    let again = Registry::new().build_module(&module.architecture(), &state).expect("the same");
    assert_eq!((again.architecture(), again.repr()), (module.architecture(), module.repr()));
}

#[test]
fn transformers_and_their_halves_are_torchs() {
    let _alone = alone();
    let recording = recording!("transformer");
    for recorded in recording.groups() {
        compare(&recorded);
    }
}

#[test]
fn a_hint_needs_its_mask() {
    let _alone = alone();
    let x = Variable::new(tensor::zeros([3, 4]));
    let layer = TransformerEncoderLayer::new(4, 2);
    let of_encoder = refusal(|| layer.forward(&x, EncoderMasks { is_causal: true, ..Default::default() }));
    let layer = TransformerDecoderLayer::new(4, 2);
    let of_decoder =
        refusal(|| layer.forward(&x, &x, DecoderMasks { memory_is_causal: true, ..Default::default() }));
    for got in [of_encoder, of_decoder] {
        assert!(got.contains("Need attn_mask if specifying the is_causal hint."), "{got}");
    }
}

/// A decoder reads no element before its turn, by whichever mask: the bits of what came first stay.
#[test]
fn a_causal_mask_is_found_whatever_its_type_and_only_where_it_fits() {
    let _alone = alone();
    let layer = TransformerEncoderLayer::new(4, 2);
    let encoder = TransformerEncoder::new(&layer, 1, None);
    encoder.eval();
    let x = Variable::new(tensor::randn([3, 4]));
    let with = |mask: Tensor, is_causal| {
        let src_mask = Some(Variable::new(mask));
        encoder.forward(&x, EncoderMasks { src_mask, is_causal, ..Default::default() }).data()
    };
    let float = nn::generate_square_subsequent_mask(3);
    let hinted = with(float.clone(), true).to_vec::<f32>();
    assert_eq!(with(float.clone(), false).to_vec::<f32>(), hinted);
    assert_eq!(with(float.ne(0.0), false).to_vec::<f32>(), hinted);
    let got = refusal(|| with(nn::generate_square_subsequent_mask(2), false));
    assert!(got.contains("The shape of the 2D attn_mask is [2, 2], but should be (3, 3)."), "{got}");
}

/// Right words: torch's for the same calls.
#[test]
fn sources_and_targets_that_do_not_fit_are_refused_in_torchs_words() {
    let _alone = alone();
    let options = TransformerLayerOptions { dim_feedforward: 2, ..Default::default() };
    let first = TransformerLayerOptions { batch_first: true, ..options };
    let [net, first] = [options, first].map(|options| Transformer::with(4, 2, 1, 1, options));
    let zeros = |shape: &[usize]| Variable::new(tensor::zeros(shape));
    let of = |net: &Transformer, src: &[usize], tgt: &[usize]| {
        refusal(|| net.forward(&zeros(src), &zeros(tgt), TransformerMasks::default()))
    };
    let (batch, features) = (
        "the batch number of src and tgt must be equal",
        "the feature number of src and tgt must be equal to d_model",
    );
    for (got, expected) in [
        (of(&net, &[3, 2, 4], &[3, 3, 4]), batch),
        (of(&first, &[3, 2, 4], &[2, 2, 4]), batch),
        (of(&net, &[3, 2, 5], &[3, 2, 4]), features),
        (of(&first, &[3, 4], &[3, 5]), features),
        (of(&net, &[4], &[4]), "query should be unbatched 2D or batched 3D tensor"),
        (refusal(|| Transformer::new(4, 3, 1, 1)), "embed_dim must be divisible by num_heads"),
        (refusal(|| TransformerDecoderLayer::new(0, 1)), "embed_dim and num_heads must be greater than 0"),
    ] {
        assert!(got.contains(expected), "{got}");
    }
}
