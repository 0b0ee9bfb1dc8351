//! Whole models and state dicts through every format, and what is said when a file holds another thing.

use autograd::Variable;
use nn::{Forward, Identity, Linear, Module, Registry, Sequential, StateDict, Value, sequential};
use serialize::{Contents, Format, load, load_any, load_any_module, load_checkpoint, load_state_dict};
use serialize::{load_with, save, save_checkpoint, save_state_dict};
use std::collections::HashSet;
use std::fs;
use tempfile::{TempDir, tempdir};
use tensor::randn;

const NAMES: [&str; 4] = ["net.model", "net.safetensors", "net.pth", "net.pt"];

fn net() -> Sequential {
    sequential![Linear::new(2, 4), Identity::new(), sequential![Linear::new(4, 1)]]
}

fn folder() -> TempDir {
    tempdir().expect("a folder for temporary files")
}

#[test]
fn a_whole_model_comes_back_from_every_format() {
    let (folder, net) = (folder(), net());
    let x = Variable::new(randn([5, 2]));
    for name in NAMES {
        let path = folder.path().join(name);
        save(&net, &path).unwrap();
        let again: Sequential = load(&path).unwrap();
        assert_eq!(again.to_string(), net.to_string(), "{name}");
        assert_eq!(again.forward(&x).data().to_vec::<f32>(), net.forward(&x).data().to_vec::<f32>());
        let any = load_any(&path, &Registry::new()).unwrap();
        assert_eq!(any.to_string(), net.to_string());
        save(&*any, &path).unwrap();
        let state = load_state_dict(&path).unwrap();
        assert_eq!(state.len(), 4, "the state dict of a whole model: {name}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), NAMES.len(), "nothing else is left behind");
}

#[derive(Module)]
struct Twice {
    inner: Linear,
}

impl Forward for Twice {
    fn forward(&self, x: &Variable) -> Variable {
        self.inner.forward(&self.inner.forward(x))
    }
}

#[test]
fn a_layer_of_ones_own_needs_one_line() {
    let folder = folder();
    let path = folder.path().join("net.model");
    save(&sequential![Linear::new(3, 2), Twice { inner: Linear::new(2, 2) }], &path).unwrap();
    let error = load::<Sequential>(&path).err().unwrap().to_string();
    assert!(error.contains("net.model: 1: unknown kind of module \"Twice\""), "{error}");
    let mut registry = Registry::new();
    registry.register::<Twice>();
    let net: Sequential = load_with(&path, &registry).unwrap();
    assert!(net[1].is::<Twice>());
    // As the type of the whole it needs none.
    save(&Twice { inner: Linear::new(2, 2) }, &path).unwrap();
    assert_eq!(load::<Twice>(&path).unwrap().parameters().len(), 2);
    let error = load::<Sequential>(&path).err().unwrap().to_string();
    assert!(error.contains("expected Sequential, found Twice"), "{error}");
}

#[test]
fn a_model_without_forward_comes_back_as_a_module() {
    #[derive(Module)]
    struct Pair {
        left: Linear,
        right: Linear,
    }
    let folder = folder();
    let path = folder.path().join("pair.model");
    let pair = Pair { left: Linear::new(2, 1), right: Linear::new(3, 1) };
    save(&pair, &path).unwrap();
    let mut registry = Registry::new();
    let error = load_any_module(&path, &registry).unwrap_err().to_string();
    assert!(
        error.contains("\"Pair\": a type of your own needs `registry.register_module::<Pair>()`"),
        "{error}"
    );
    registry.register_module::<Pair>();
    let again = load_any_module(&path, &registry).unwrap();
    assert!(again.is::<Pair>());
    assert_eq!(again.to_string(), pair.to_string());
    let error = load_any(&path, &registry).unwrap_err().to_string();
    assert!(error.contains("pair.model: Pair is not a layer: "), "{error}");
}

#[test]
fn a_file_of_another_kind_is_named() {
    let folder = folder();
    let path = folder.path().join("x.pth");
    save_state_dict(&net().state_dict(), &path).unwrap();
    let error = load::<Sequential>(&path).err().unwrap().to_string();
    assert!(
        error.ends_with(
            "x.pth: expected a whole model, found a dictionary with `0.weight`, `0.bias`, `2.0.weight`, \
             `2.0.bias` without an architecture; build the model and use `load_state_dict`"
        ),
        "{error}"
    );
    let checkpoint = Value::dict([("model", net().state_dict().into()), ("epoch", Value::Int(3))]);
    save_checkpoint(&checkpoint, &path).unwrap();
    let error = load_state_dict(&path).unwrap_err().to_string();
    assert!(
        error.ends_with(
            "x.pth: expected a state dict (tensors under their names), found a dictionary with `model`, \
             `epoch`; `load_checkpoint` reads it"
        ),
        "{error}"
    );
    let error = save_checkpoint(&checkpoint, folder.path().join("x.safetensors")).unwrap_err().to_string();
    assert!(
        error.contains("x.safetensors: expected a state dict")
            && error.ends_with("found a dictionary with `model`, `epoch`"),
        "{error}"
    );
    let error = load_checkpoint(folder.path().join("none.pth")).unwrap_err().to_string();
    assert!(error.contains("none.pth: cannot open: "), "{error}");
}

#[test]
fn a_checkpoint_with_a_models_keys_is_still_a_checkpoint() {
    let state = net().state_dict();
    let checkpoint = Value::dict([("architecture", "resnet18".into()), ("state_dict", state.into())]);
    let bytes = Contents::from(checkpoint).to_bytes(Format::Torch).unwrap();
    let contents = Contents::from_bytes(&bytes).unwrap();
    assert!(contents.architecture.is_none());
    assert_eq!(contents.value.get("architecture").and_then(Value::as_str), Some("resnet18"));
}

#[test]
fn a_failed_save_leaves_the_file_as_it_was() {
    let folder = folder();
    let path = folder.path().join("x.safetensors");
    save_state_dict(&net().state_dict(), &path).unwrap();
    let before = fs::read(&path).unwrap();
    save_checkpoint(&Value::Int(1), &path).unwrap_err();
    assert_eq!(fs::read(&path).unwrap(), before);
    let deep = (0..200).fold(Value::None, |inner, _| Value::List(vec![inner]));
    for name in ["x.pth", "x.model"] {
        let path = folder.path().join(name);
        let error = save_checkpoint(&deep, &path).unwrap_err().to_string();
        assert!(error.contains("a value nested more than 100 deep"), "{error}");
        assert!(!path.exists());
    }
    let key = Value::Tuple(vec![Value::List(vec![])]);
    let error = save_checkpoint(&Value::Dict(vec![(key, Value::None)]), folder.path().join("x.pth"));
    assert!(error.unwrap_err().to_string().contains("a tuple as a key: not supported"));
}

#[test]
fn the_format_is_found_whatever_the_name() {
    let folder = folder();
    let state = net().state_dict();
    for format in [Format::Native, Format::Safetensors, Format::Torch] {
        let bytes = Contents::from(state.clone()).to_bytes(format).unwrap();
        let path = folder.path().join("pytorch_model.bin");
        fs::write(&path, bytes).unwrap();
        let again = load_state_dict(&path).unwrap();
        assert_eq!(again.len(), state.len());
        assert_eq!(again["0.weight"].to_vec::<f32>(), state["0.weight"].to_vec::<f32>());
    }
}

/// Its first two bytes are those of a pickle.
#[test]
fn a_safetensors_header_of_any_length_is_one() {
    let lengths: HashSet<u16> = (0..800)
        .map(|n| {
            let mut contents = Contents::from(StateDict::new());
            contents.metadata = vec![("x".into(), "x".repeat(n))];
            let bytes = contents.to_bytes(Format::Safetensors).unwrap();
            assert_eq!(Format::detect(&bytes), Some(Format::Safetensors), "{n}");
            assert_eq!(Contents::from_bytes(&bytes).unwrap().metadata.len(), 2);
            u16::from_le_bytes([bytes[0], bytes[1]])
        })
        .collect();
    assert!(lengths.contains(&0x0280), "{lengths:?}");
}

#[test]
fn the_same_contents_are_the_same_bytes() {
    let mut contents = Contents::from(net().state_dict());
    contents.architecture = Some(net().architecture());
    contents.metadata = (0..10).map(|i| (format!("key{i}"), "value".to_owned())).collect();
    for format in [Format::Native, Format::Safetensors, Format::Torch] {
        let bytes = contents.to_bytes(format).unwrap();
        assert_eq!(contents.to_bytes(format).unwrap(), bytes);
        let again = Contents::from_bytes(&bytes).unwrap();
        assert_eq!(again.architecture, contents.architecture);
        let expected = match format {
            Format::Safetensors => 11, // and `format`
            _ if format.keeps_metadata() => 10,
            _ => 0,
        };
        assert_eq!(again.metadata.len(), expected, "{format}");
    }
}

#[test]
fn an_empty_state_dict_is_a_state_dict() {
    for format in [Format::Native, Format::Safetensors, Format::Torch] {
        let bytes = Contents::from(StateDict::new()).to_bytes(format).unwrap();
        assert!(Contents::from_bytes(&bytes).unwrap().state_dict().unwrap().is_empty());
    }
}
