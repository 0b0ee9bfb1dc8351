//! Containers of every version stay readable. `fixtures/container.py` wrote `model.model` and
//! `version1_model.model` from the specification, builds of this crate the others.

mod common;

use common::{assert_same, bytes, fixture};
use nn::{Module, Sequential, Value};
use serialize::{Contents, Format};

#[test]
fn a_model_written_from_the_specification_is_read() {
    for name in ["model.model", "version1_model.model"] {
        let net: Sequential = serialize::load(fixture(name)).unwrap();
        assert_eq!(
            net.to_string(),
            "Sequential(\n  (0): Linear(in_features=2, out_features=3, bias=True)\n  (1): Identity()\n)"
        );
        let state = net.state_dict();
        assert_eq!(state["0.weight"].to_vec::<f32>(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        assert_eq!(state["0.bias"].to_vec::<f32>(), [0.5, -0.5, 0.25]);
        let contents = Contents::read(fixture(name)).unwrap();
        assert_eq!(contents.metadata, [("author".into(), "naïve ✓".into())]);
        assert_eq!(contents.architecture, Some(net.architecture()));
    }
}

#[test]
fn a_checkpoint_is_written_as_ever() {
    let checkpoint = Contents::read(fixture("checkpoint.pth")).unwrap();
    for name in ["checkpoint.model", "version1_values.model"] {
        assert_same(&Contents::read(fixture(name)).unwrap().value, &checkpoint.value, "");
    }
    assert_eq!(checkpoint.to_bytes(Format::Native).unwrap(), bytes("checkpoint.model"));
}

/// Two layers with one weight, settings that are floats and lists, in evaluation mode.
#[test]
fn whole_models_of_version_1_are_read_from_every_format() {
    for name in ["version1_whole.model", "version1_whole.safetensors", "version1_whole.pth"] {
        let net: Sequential = serialize::load(fixture(name)).unwrap();
        assert_eq!(
            net.to_string(),
            "Sequential(\n  (0): Linear(in_features=2, out_features=2, bias=True)\n  \
             (1): Dropout(p=0.25, inplace=False)\n  (2): Linear(in_features=2, out_features=2, bias=True)\n  \
             (3): Flatten(start_dim=1, end_dim=-1)\n  (4): Unflatten(dim=1, unflattened_size=(2, 1))\n)",
            "{name}"
        );
        assert!(!net.is_training(), "{name}");
        let state = net.state_dict();
        assert_eq!(state["0.weight"].to_vec::<f32>()[0], -0.005_293_981, "{name}");
        assert_eq!(state["0.weight"].bytes().as_ptr(), state["2.weight"].bytes().as_ptr(), "{name}");
    }
}

#[test]
fn state_dicts_and_checkpoints_of_version_1_are_read() {
    let contents = Contents::read(fixture("version1_state_dict.model")).unwrap();
    assert_eq!(contents.metadata, [("author".into(), "naïve ✓".into())]);
    let state = contents.state_dict().unwrap();
    assert_eq!((state["weight"].shape(), state["bias"].shape()), (&[1, 2][..], &[1][..]));

    let value = serialize::load_checkpoint(fixture("version1_checkpoint.model")).unwrap();
    let model = value.entry("model").unwrap();
    let tensor = |name: &str| model.get(name).and_then(Value::as_tensor).unwrap();
    assert_eq!(tensor("a").to_vec::<f32>(), [1.0, 1.0]);
    assert_eq!(tensor("a").bytes().as_ptr(), tensor("b").bytes().as_ptr());
    let rest: Vec<_> = value.as_dict().unwrap()[1..].iter().map(|entry| format!("{entry:?}")).collect();
    assert_eq!(
        rest,
        [
            r#"(Str("none"), None)"#,
            r#"(Str("flag"), Bool(true))"#,
            r#"(Str("epoch"), Int(-3))"#,
            r#"(Str("lr"), Float(0.1))"#,
            r#"(Str("inf"), Float(inf))"#,
            r#"(Str("betas"), Tuple([Float(0.9), Int(1)]))"#,
            r#"(Str("names"), List([Str("naïve ✓")]))"#,
            r#"(Str("state"), Dict([(Int(0), Dict([]))]))"#,
        ]
    );
}

#[test]
fn a_later_version_is_refused_as_such() {
    let mut later = bytes("model.model");
    later[8] = 3;
    let crc = crc32fast::hash(&later[..60]);
    later[60..64].copy_from_slice(&crc.to_le_bytes());
    let error = Contents::from_bytes(&later).unwrap_err().to_string();
    assert_eq!(error, "container version 3 (this program reads versions 1 to 2): not supported");
}
