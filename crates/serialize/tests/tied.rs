//! A parameter that two layers share is written once and comes back shared.

use nn::{Linear, Module, Sequential, StateDict, Value, sequential};
use serialize::{Contents, Format, load, load_state_dict, save, save_state_dict};
use tensor::Tensor;

/// Two layers with one weight.
fn tied() -> Sequential {
    let (first, mut second) = (Linear::new(8, 8), Linear::new(8, 8));
    second.weight = first.weight.clone();
    sequential![first, second]
}

/// How often the tensor's numbers stand in the file.
fn times(file: &[u8], tensor: &Tensor) -> usize {
    let bytes = tensor.bytes();
    file.windows(bytes.len()).filter(|part| *part == &*bytes).count()
}

fn same_memory(a: &Tensor, b: &Tensor) -> bool {
    a.bytes().as_ptr() == b.bytes().as_ptr()
}

#[test]
fn a_state_dict_holds_a_shared_weight_once_under_both_names() {
    let folder = tempfile::tempdir().unwrap();
    let state = tied().state_dict();
    for name in ["tied.pth", "tied.model"] {
        let path = folder.path().join(name);
        save_state_dict(&state, &path).unwrap();
        assert_eq!(times(&std::fs::read(&path).unwrap(), &state["0.weight"]), 1, "{name}");
        let again = load_state_dict(&path).unwrap();
        assert_eq!(again.keys().collect::<Vec<_>>(), ["0.weight", "0.bias", "1.weight", "1.bias"], "{name}");
        assert!(state.iter().all(|(name, tensor)| tensor.bytes() == again[name].bytes()), "{name}");
        assert!(same_memory(&again["0.weight"], &again["1.weight"]), "{name}");
        assert!(!same_memory(&again["0.bias"], &again["1.bias"]), "{name}");
    }
    // The format has no shared tensors.
    let path = folder.path().join("tied.safetensors");
    save_state_dict(&state, &path).unwrap();
    assert_eq!(times(&std::fs::read(&path).unwrap(), &state["0.weight"]), 2);
}

#[test]
fn a_whole_model_comes_back_with_its_parameter_shared() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["tied.pth", "tied.model", "tied.safetensors"] {
        let path = folder.path().join(name);
        let net = tied();
        save(&net, &path).unwrap();
        let again: Sequential = load(&path).unwrap();
        let (first, second) = (again.layer::<Linear>(0), again.layer::<Linear>(1));
        assert!(first.weight.ptr_eq(&second.weight), "{name}");
        assert_eq!(first.weight.data().bytes(), net.layer::<Linear>(0).weight.data().bytes(), "{name}");
    }
}

#[test]
fn only_one_memory_in_one_dictionary_is_shared() {
    let x = tensor::arange(0, 64, 1).mul_scalar(7919);
    let count = |entries: Vec<(&str, Value)>, format| {
        times(&Contents::from(Value::dict(entries)).to_bytes(format).unwrap(), &x)
    };
    let twin = Tensor::from_vec(x.to_vec::<i64>(), 64);
    let inner = |x: &Tensor| Value::dict([("x", Value::from(x.clone()))]);
    for format in [Format::Torch, Format::Native] {
        assert_eq!(count(vec![("a", x.clone().into()), ("b", x.clone().into())], format), 1);
        assert_eq!(
            count(vec![("a", x.clone().into()), ("b", twin.clone().into())], format),
            2,
            "equal, not one"
        );
        assert_eq!(count(vec![("a", x.clone().into()), ("b", inner(&x))], format), 2, "another dictionary");
        assert_eq!(count(vec![("a", x.clone().into()), ("b", x.reshape([8, 8]).into())], format), 2);
    }
    let empty: StateDict = [("a", tensor::zeros([0])), ("b", tensor::zeros([0]))]
        .map(|(k, v)| (k.to_owned(), v))
        .into_iter()
        .collect();
    let again = Contents::from_bytes(&Contents::from(empty).to_bytes(Format::Native).unwrap()).unwrap();
    assert_eq!(again.state_dict().unwrap().len(), 2);
}
