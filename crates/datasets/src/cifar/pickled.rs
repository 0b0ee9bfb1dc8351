//! The pickles: a dictionary with the planes under `data`, a list of labels, and names of files.

use formats::pickle::{self, Id, Node, Pickle};
use formats::{Error, describe};
use tensor::{DType, Tensor};

use super::{FORMAT, Labels, NUMEL, interleaved};

/// Images and labels of a file.
pub(super) fn batch(bytes: &[u8], labels: Labels) -> Result<(Tensor, Tensor), Error> {
    const PROTO: u8 = 0x80;
    if bytes.first() != Some(&PROTO) {
        return Err(malformed(format!("found {}", describe(bytes))));
    }
    let pickle = pickle::read(bytes)?;
    let Node::Dict(items) = pickle.root() else {
        return Err(malformed(format!("found a pickle of {}", pickle.root().kind())));
    };
    let found = |key: &'static str| {
        // As in Python the last of several equal keys wins.
        let item = items.iter().rev().find(|(name, _)| is(pickle.node(*name), key));
        item.map(|&(_, value)| value).ok_or_else(|| malformed(format!("it has no `{key}`")))
    };
    Ok((images(&pickle, found("data")?)?, integers(&pickle, found(labels.key)?, labels.key)?))
}

/// Python 2 wrote strings, and Python 3 may write bytes in their place.
fn is(key: &Node<'_>, name: &str) -> bool {
    match key {
        Node::Str(key) => key == name,
        Node::Bytes(key) => **key == *name.as_bytes(),
        _ => false,
    }
}

fn images(pickle: &Pickle<'_>, data: Id) -> Result<Tensor, Error> {
    let Node::Array(array) = pickle.node(data) else {
        return Err(malformed(format!("`data` is {}, not an array", pickle.node(data).kind())));
    };
    let (&[count, NUMEL], Some("uint8")) = (&array.shape[..], array.element.name()) else {
        let name = array.element.name().unwrap_or("bytes");
        return Err(malformed(format!(
            "`data` is {name} of shape {:?}, not uint8 of [images, {NUMEL}]",
            array.shape
        )));
    };
    if count == 0 {
        return Err(malformed("it holds no images"));
    }
    let bytes = pickle.array_data(array);
    Ok(interleaved(&match array.columns_first {
        true => Tensor::from_bytes(DType::U8, [NUMEL, count], bytes).t(),
        false => Tensor::from_bytes(DType::U8, [count, NUMEL], bytes),
    }))
}

fn integers(pickle: &Pickle<'_>, list: Id, key: &str) -> Result<Tensor, Error> {
    let Node::List(items) = pickle.node(list) else {
        return Err(malformed(format!("`{key}` is {}, not a list", pickle.node(list).kind())));
    };
    let integer = |&item: &Id| match pickle.node(item) {
        Node::Int(label) => Ok(*label),
        other => Err(malformed(format!("`{key}` holds {}, not integers alone", other.kind()))),
    };
    Ok(Tensor::from(items.iter().map(integer).collect::<Result<Vec<_>, _>>()?))
}

fn malformed(what: impl Into<String>) -> Error {
    Error::malformed(FORMAT, what)
}
