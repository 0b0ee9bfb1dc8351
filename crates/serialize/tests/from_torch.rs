//! Files that torch and its safetensors wrote, read here; `fixtures/torch_files.py` recorded them.

mod common;

use common::{assert_described, bytes, fixture};
use nn::Value;
use serialize::{ErrorKind, load_checkpoint};

#[test]
fn every_file_holds_what_torch_saved() {
    let expected: serde_json::Value =
        serde_json::from_slice(&bytes("expected.json")).expect("the script wrote JSON");
    let expected = expected.as_object().expect("by name");
    assert_eq!(expected.len(), 12, "{:?}", expected.keys());
    for (name, expected) in expected {
        let value = load_checkpoint(fixture(&format!("{name}.pth"))).unwrap();
        assert_described(&value, expected, name);
    }
}

#[test]
fn safetensors_hold_every_dtype_and_their_metadata() {
    let expected: serde_json::Value = serde_json::from_slice(&bytes("expected.json")).unwrap();
    let contents = serialize::Contents::read(fixture("dtypes.safetensors")).unwrap();
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
        ("meta.pth", "a tensor without data: not supported"),
        ("long.pth", "an integer of more than 64 bits at ['seed']: not supported"),
        ("torchscript.pth", "a TorchScript archive: not supported"),
        ("float8.safetensors", "tensor `x` of dtype F8_E4M3: not supported"),
    ];
    for (name, expected) in cases {
        let error = load_checkpoint(fixture(&format!("refused_{name}"))).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Unsupported { .. } | ErrorKind::ForbiddenGlobal { .. }),
            "{error}"
        );
        let text = error.to_string();
        assert!(text.contains(&format!("refused_{name}: ")) && text.contains(expected), "{text}");
    }
}
