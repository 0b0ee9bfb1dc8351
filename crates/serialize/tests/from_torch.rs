//! Files that torch and its safetensors wrote, read here; `fixtures/torch_files.py` recorded them.

mod common;

use std::sync::Arc;

use autograd::Variable;
use common::{assert_described, bytes, fixture};
use nn::{
    EmbeddingBag, EmbeddingBagMode, EmbeddingBagOptions, GRU, GRUOptions, LSTM, LSTMCell, LSTMOptions,
    Module, MultiheadAttention, MultiheadAttentionOptions, RNN, RNNOptions, StateDict, Transformer,
    TransformerEncoder, TransformerEncoderLayer, TransformerLayerOptions, Value,
};
use serialize::{Contents, ErrorKind, FileError, LoadOptions, load_checkpoint, load_state_dict};

#[test]
fn every_file_holds_what_torch_saved() {
    let expected: serde_json::Value =
        serde_json::from_slice(&bytes("expected.json")).expect("the script wrote JSON");
    let expected = expected.as_object().expect("by name");
    assert_eq!(expected.len(), 15, "{:?}", expected.keys());
    for (name, expected) in expected {
        let value = load_checkpoint(fixture(&format!("{name}.pth"))).unwrap();
        assert_described(&value, expected, name);
    }
}

#[test]
fn safetensors_hold_every_dtype_and_their_metadata() {
    let expected: serde_json::Value = serde_json::from_slice(&bytes("expected.json")).unwrap();
    let contents = Contents::read(fixture("dtypes.safetensors")).unwrap();
    assert_eq!(contents.metadata, [("author".into(), "naïve ✓".into()), ("format".into(), "pt".into())]);
    let state = contents.state_dict().unwrap();
    let expected = expected["dtypes"][1].as_array().unwrap();
    assert_eq!(state.len(), expected.len());
    for pair in expected {
        let name = pair[0][1].as_str().unwrap();
        assert_described(&Value::Tensor(state[name].clone()), &pair[1], name);
    }
}

#[test]
fn views_of_one_storage_share_its_memory() {
    let value = load_checkpoint(fixture("views.pth")).unwrap();
    let start = |name| {
        let tensor = value.get(name).and_then(Value::as_tensor).unwrap();
        tensor.as_slice::<f32>().as_ptr()
    };
    assert_eq!(start("base"), start("grid"));
    let transposed = value.get("transposed").and_then(Value::as_tensor).unwrap();
    assert_eq!((transposed.shape(), transposed.strides()), (&[4, 3][..], &[1, 4][..]));
}

#[test]
fn what_is_refused_is_refused_by_name() {
    let cases = [
        (
            "whole_model.pth",
            "the pickle names `torch.nn.modules.container.Sequential`, which is not on the \
            list of what a checkpoint may hold; a model pickled whole needs its Python classes: save \
            `net.state_dict()` instead",
        ),
        ("legacy_whole_model.pth", "`torch.nn.modules.linear.Linear`"),
        ("own_class.pth", "`__main__.Thing`"),
        ("function.pth", "`posix.system`"),
        ("generator.pth", "`random.Random`"),
        ("complex_tensor.pth", "a tensor of dtype complex64 at ['a']['b']: not supported"),
        ("complex.pth", "a complex number at [0]: not supported"),
        ("float8.pth", "a tensor of dtype float8_e4m3fn: not supported"),
        ("quantised.pth", "a quantised tensor: not supported"),
        ("sparse.pth", "a sparse tensor: not supported"),
        ("torchscript.pth", "a TorchScript archive: not supported"),
        ("float8.safetensors", "a tensor of dtype F8_E4M3 at ['x']: not supported"),
    ];
    for (name, expected) in cases {
        let error = load_checkpoint(fixture(&format!("refused_{name}"))).unwrap_err();
        assert!(
            matches!(
                error.kind(),
                ErrorKind::File(FileError::Unsupported { .. } | FileError::ForbiddenGlobal { .. })
                    | ErrorKind::Unreadable { .. }
            ),
            "{error}"
        );
        let text = error.to_string();
        assert!(text.contains(&format!("refused_{name}: ")) && text.contains(expected), "{text}");
    }
}

const CLASSES: &str = " (a model pickled whole needs its Python classes: save `net.state_dict()` instead)";
const PLAIN: &str = " (save plain numbers, strings, lists, dictionaries and tensors instead)";

/// The entries of `partial.pth` beside the state dict and the epoch, in order.
fn left_out() -> Vec<(&'static str, String)> {
    let python = |name: &str, hint: &str| format!("Python's `{name}`{hint}");
    let mut entries = vec![
        ("['args']", python("argparse.Namespace", PLAIN)),
        ("['complex'][1]", "a complex number".into()),
        ("['float8']", "a tensor of dtype float8_e4m3fn".into()),
        ("['quantised']", "a quantised tensor".into()),
        ("['sparse']", "a sparse tensor".into()),
        ("['csr']", "a sparse tensor".into()),
        ("['numpy']", python("numpy._core.multiarray.scalar", PLAIN)),
        ("['defaults']", python("collections.defaultdict", PLAIN)),
        ("['spectrum']", "a tensor with its conjugate bit set".into()),
        ("['parameter']", "a tensor of dtype complex64".into()),
        ("['storage']", "a storage of dtype complex64".into()),
        ("['sub']", python("__main__.Sub", CLASSES)),
        ("['function']", python("posix.system", PLAIN)),
        ("['thing']", python("__main__.Thing", CLASSES)),
        ("['layer']", python("torch.nn.modules.linear.Linear", CLASSES)),
        ("['itself'][1]", "a list that holds itself".into()),
        ("['nest']['tuple'][1]['x']", "a complex number".into()),
        ("['nest'][3]", "an object without counterpart here as a key".into()),
    ];
    let deep: &'static str = Box::leak(format!("['deep']{}", "[0]".repeat(100)).into_boxed_str());
    entries.push((deep, "an object nested more than 100 deep".into()));
    entries
}

#[test]
fn a_state_dict_is_read_beside_what_cannot_be_read() {
    for name in ["partial.pth", "legacy_partial.pth", "partial_protocol4.pth"] {
        let expected = left_out();
        let error = load_checkpoint(fixture(name)).unwrap_err();
        let ErrorKind::Unreadable { entries } = error.kind() else { panic!("{error}") };
        let found: Vec<_> = entries.iter().map(|entry| (&*entry.path, entry.what.clone())).collect();
        assert_eq!(found, expected, "{name}");
        let text = error.to_string();
        assert!(
            text.contains(&format!("{name}: 19 entries are not supported; `LoadOptions::allow_partial`")),
            "{text}"
        );
        for (path, what) in &expected {
            assert!(text.contains(&format!("\n  {what} at {path}")), "{text}");
        }

        let contents = LoadOptions::new().allow_partial(true).read(fixture(name)).unwrap();
        assert_eq!(&contents.left_out, entries, "{name}");
        let keys: Vec<_> =
            contents.value.as_dict().unwrap().iter().map(|(key, _)| key.as_str().unwrap()).collect();
        assert_eq!(keys, ["model", "complex", "array", "itself", "nest", "deep", "epoch"], "{name}");
        let array = contents.value.get("array").and_then(Value::as_tensor).unwrap();
        assert_eq!(array.to_vec::<f64>(), [0.0; 2]);
        let model = StateDict::try_from(contents.value.entry("model").unwrap()).unwrap();
        assert_eq!(model["weight"].to_vec::<f32>(), [1.0; 4]);
        assert_eq!(contents.value.get("epoch").and_then(Value::as_int), Some(3));
        // In lists and tuples `None` keeps the places of the others.
        let complex = contents.value.get("complex").unwrap();
        assert_eq!(format!("{complex:?}"), r#"List([Int(1), None, Str("x")])"#);
        let nest = contents.value.get("nest").unwrap();
        let expected =
            r#"Dict([(Str("tuple"), Tuple([Int(1), Dict([])])), (Int(3), Dict([(Str("y"), Int(5))]))])"#;
        assert_eq!(format!("{nest:?}"), expected);
    }
}

#[test]
fn a_safetensors_file_is_read_beside_what_cannot_be_read() {
    let file = fixture("partial.safetensors");
    let error = load_state_dict(&file).unwrap_err().to_string();
    let expected = "partial.safetensors: a tensor of dtype F8_E4M3 at ['x']: not supported; `LoadOptions::allow_partial` reads the rest";
    assert!(error.ends_with(expected), "{error}");
    let (state, left_out) = LoadOptions::new().allow_partial(true).load_state_dict(&file).unwrap();
    assert_eq!(state.keys().collect::<Vec<_>>(), ["y"]);
    assert_eq!(left_out[0].to_string(), "a tensor of dtype F8_E4M3 at ['x']");
}

#[test]
fn a_root_that_cannot_be_read_leaves_nothing_to_read() {
    let partial = LoadOptions::new().allow_partial(true);
    for name in
        ["refused_sparse.pth", "refused_whole_model.pth", "refused_float8.pth", "refused_torchscript.pth"]
    {
        assert!(partial.load_checkpoint(fixture(name)).is_err(), "{name}");
    }
}

#[test]
fn negatives_share_their_storage_too() {
    let value = load_checkpoint(fixture("unusual.pth")).unwrap();
    let tensor = |name| value.get(name).and_then(Value::as_tensor).unwrap();
    assert_eq!(tensor("negative").to_vec::<f32>(), [-0.0, -1.0, -2.0, -3.0, -4.0, -5.0]);
    assert!(tensor("negative").to_vec::<f32>()[0].is_sign_negative());
    assert_eq!(
        (tensor("negative column").shape(), tensor("negative column").strides()),
        (&[2][..], &[3][..])
    );
    let start = |name| tensor(name).as_slice::<f32>().as_ptr();
    assert_eq!(start("storage"), start("numbers"));
}

#[test]
fn a_state_dict_with_something_else_in_it_says_what() {
    let file = Contents::from(Value::dict([
        ("weight", tensor::ones([2]).into()),
        ("meta", "tensor(..., device='meta', size=(2,))".into()),
        ("epoch", Value::Int(3)),
    ]));
    let error = file.state_dict().unwrap_err().to_string();
    assert_eq!(
        error,
        "expected a state dict (tensors under their names), found a dictionary of tensors in which `meta` is a str \
         (and 1 more); `load_checkpoint` reads it"
    );
}

/// A layer, and how it is called.
struct Net {
    module: Arc<dyn Module>,
    first_output: Box<Call>,
}

type Call = dyn Fn(&[Variable]) -> Variable;

fn net<M: Module>(module: M, first_output: fn(&M, &[Variable]) -> Variable) -> Net {
    let module = Arc::new(module);
    let shared = module.clone();
    Net { module, first_output: Box::new(move |x| first_output(&shared, x)) }
}

/// The layer that this makes in torch.
fn layer(text: &str) -> Net {
    let (bidirectional, proj_size) = (true, 2);
    match text {
        "nn.RNN(2, 3, bidirectional=True)" => {
            let options = RNNOptions { bidirectional, ..Default::default() };
            net(RNN::with(2, 3, options), |rnn, x| rnn.forward(&x[0], None).output)
        }
        "nn.GRU(2, 3, num_layers=2, bias=False)" => {
            let options = GRUOptions { num_layers: 2, bias: false, ..Default::default() };
            net(GRU::with(2, 3, options), |gru, x| gru.forward(&x[0], None).output)
        }
        "nn.LSTM(2, 3, proj_size=2, bidirectional=True)" => {
            let options = LSTMOptions { proj_size, bidirectional, ..Default::default() };
            net(LSTM::with(2, 3, options), |lstm, x| lstm.forward(&x[0], None).output)
        }
        "nn.LSTMCell(2, 3)" => net(LSTMCell::new(2, 3), |cell, x| cell.forward(&x[0], None).h),
        "nn.EmbeddingBag(5, 3, mode='max')" => {
            let options = EmbeddingBagOptions { mode: EmbeddingBagMode::Max, ..Default::default() };
            net(EmbeddingBag::with(5, 3, options), |bag, x| bag.forward(&x[0], None, None))
        }
        "nn.MultiheadAttention(4, 2, kdim=3, vdim=2, add_bias_kv=True)" => {
            let options = MultiheadAttentionOptions {
                kdim: Some(3),
                vdim: Some(2),
                add_bias_kv: true,
                ..Default::default()
            };
            net(MultiheadAttention::with(4, 2, options), |attention, x| {
                attention.forward(&x[0], &x[1], &x[2], Default::default()).output
            })
        }
        "nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 3), 2)" => {
            let options = TransformerLayerOptions { dim_feedforward: 3, ..Default::default() };
            let layer = TransformerEncoderLayer::with(4, 2, options);
            net(TransformerEncoder::new(&layer, 2, None), |net, x| net.forward(&x[0], Default::default()))
        }
        "nn.Transformer(4, 2, 1, 1, 3)" => {
            let options = TransformerLayerOptions { dim_feedforward: 3, ..Default::default() };
            net(Transformer::with(4, 2, 1, 1, options), |net, x| {
                net.forward(&x[0], &x[1], Default::default())
            })
        }
        other => panic!("{other}: no such layer here"),
    }
}

#[test]
fn layers_of_sequences_load_what_torch_saved_of_them_and_give_its_outputs() {
    let file = load_checkpoint(fixture("layers.pth")).unwrap();
    let layers = file.as_dict().unwrap();
    assert_eq!(layers.len(), 8);
    for (text, saved) in layers {
        let text = text.as_str().unwrap();
        let Net { module, first_output } = layer(text);
        let state = StateDict::try_from(saved.entry("state").unwrap()).unwrap();
        module.load_state_dict(&state).unwrap();
        let loaded = module.state_dict();
        assert!(loaded.keys().eq(state.keys()), "{text}");
        assert!(loaded.iter().all(|(name, t)| t.to_vec::<f32>() == state[name].to_vec::<f32>()), "{text}");

        let Some(Value::List(inputs)) = saved.get("inputs") else { panic!("{text}: no inputs") };
        let inputs = inputs.iter().map(|x| Variable::new(x.as_tensor().unwrap().clone()));
        module.eval();
        let y = first_output(&inputs.collect::<Vec<_>>()).data();
        let expected = saved.get("y").and_then(Value::as_tensor).unwrap();
        assert_eq!(y.shape(), expected.shape(), "{text}");
        let apart = (&y - expected).abs().max().item();
        assert!(apart < 1e-6, "{text}: {apart:e}");
    }
}
