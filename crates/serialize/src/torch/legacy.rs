//! The form before torch 1.6: four pickles, the keys of the storages, then the storages themselves.

use super::convert::to_value;
use crate::Unreadable;
use formats::pickle::{self, Node, Pickle};
use formats::{Budget, Cursor, Error};
use nn::Value;
use std::borrow::Cow;
use std::collections::HashMap;

const FORMAT: &str = "legacy PyTorch file";

/// 0x1950a86a20f9469cfc6c, little-endian.
const MAGIC: [u8; 10] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
const PROTOCOL: i64 = 1001;

pub(super) fn read(bytes: &[u8], budget: &mut Budget) -> Result<(Value, Vec<Unreadable>), Error> {
    let mut rest = bytes;
    let mut next = || -> Result<Pickle<'_>, Error> {
        let pickle = pickle::read(rest)?;
        rest = &rest[pickle.size_in_bytes()..];
        Ok(pickle)
    };
    match next()?.root() {
        Node::Long(magic) if *magic == MAGIC => {}
        other => {
            return Err(malformed(format!(
                "the magic number is wrong: it is a pickle of {} that `torch.save` did not write",
                other.kind()
            )));
        }
    }
    match next()?.root() {
        Node::Int(PROTOCOL) => {}
        Node::Int(other) => {
            return Err(Error::unsupported(format!("legacy protocol version {other}")));
        }
        other => return Err(malformed(format!("the protocol version is {}", other.kind()))),
    }
    next()?; // sizes of C types on the machine that wrote it; the data is little-endian always
    let object = next()?;
    let keys = next()?;
    let storages = storages(&object, &keys, rest)?;
    to_value(&object, false, budget, |key, _| match storages.get(key) {
        Some(data) => Ok(Cow::Borrowed(*data)),
        None => Err(malformed(format!("the data of storage `{key}` is missing"))),
    })
}

/// The data under each key: a count of elements, then the elements, in the order of `keys`.
fn storages<'a>(
    object: &Pickle<'_>,
    keys: &Pickle<'_>,
    data: &'a [u8],
) -> Result<HashMap<String, &'a [u8]>, Error> {
    let sizes: HashMap<&str, usize> = object.storages().map(|s| (s.key.as_str(), s.element.size())).collect();
    let Node::List(items) = keys.root() else {
        return Err(malformed(format!("the keys of the storages are {}", keys.root().kind())));
    };
    let mut cursor = Cursor::new(data, FORMAT);
    let mut storages = HashMap::with_capacity(items.len());
    for &item in items {
        let key = match keys.node(item) {
            Node::Str(key) => key.to_string(),
            Node::Int(key) => key.to_string(),
            other => return Err(malformed(format!("the key of a storage is {}", other.kind()))),
        };
        let Some(&size) = sizes.get(key.as_str()) else {
            return Err(malformed(format!("no tensor names the storage `{key}`")));
        };
        let numel = cursor.u64()?;
        let Some(len) = numel.checked_mul(size as u64) else {
            return Err(malformed(format!("storage `{key}` has {numel} elements")));
        };
        let data = cursor.take_u64(len)?;
        if storages.insert(key, data).is_some() {
            return Err(malformed("two storages have the same key"));
        }
    }
    match cursor.left() {
        0 => Ok(storages),
        n => Err(malformed(format!("{n} bytes follow the last storage"))),
    }
}

fn malformed(what: impl Into<String>) -> Error {
    Error::malformed(FORMAT, what)
}
