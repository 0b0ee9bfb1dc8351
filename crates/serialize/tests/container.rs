//! Containers of version 1 stay readable: `fixtures/container.py` wrote one from the specification, an
//! earlier build of this crate the other.

mod common;

use common::{assert_same, bytes, fixture};
use nn::{Module, Sequential};
use serialize::{Contents, Format};

#[test]
fn a_model_written_from_the_specification_is_read() {
    let net: Sequential = serialize::load(fixture("model.model")).unwrap();
    assert_eq!(
        net.to_string(),
        "Sequential(\n  (0): Linear(in_features=2, out_features=3, bias=True)\n  (1): Identity()\n)"
    );
    let state = net.state_dict();
    assert_eq!(state["0.weight"].to_vec::<f32>(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    assert_eq!(state["0.bias"].to_vec::<f32>(), [0.5, -0.5, 0.25]);
    let contents = Contents::read(fixture("model.model")).unwrap();
    assert_eq!(contents.metadata, [("author".into(), "naïve ✓".into())]);
}

#[test]
fn a_checkpoint_is_written_as_ever() {
    let checkpoint = Contents::read(fixture("checkpoint.pth")).unwrap();
    assert_same(&Contents::read(fixture("checkpoint.model")).unwrap().value, &checkpoint.value, "");
    assert_eq!(checkpoint.to_bytes(Format::Native).unwrap(), bytes("checkpoint.model"));
}

#[test]
fn a_later_version_is_refused_as_such() {
    let mut later = bytes("model.model");
    later[8] = 2;
    let crc = crc32fast::hash(&later[..60]);
    later[60..64].copy_from_slice(&crc.to_le_bytes());
    let error = Contents::from_bytes(&later).unwrap_err().to_string();
    assert_eq!(error, "container version 2 (this program reads version 1): not supported");
}
