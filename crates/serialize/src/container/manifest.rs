//! The manifest of a container and how it becomes bytes. `bincode` is used in this file only: a
//! successor would raise the container's version and touch nothing else.

use super::malformed;
use crate::ErrorKind;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::marker::PhantomData;

/// The contents of a container apart from the numbers. Nothing in it nests, so nothing that reads it
/// recurses.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Manifest<'a, A> {
    /// A whole model's description: nodes, or in version 1 JSON.
    pub(super) architecture: Option<A>,
    /// Free text under free names.
    #[serde(borrow)]
    pub(super) metadata: List<(&'a str, &'a str)>,
    #[serde(borrow)]
    pub(super) tensors: List<Entry<'a>>,
    /// A checkpoint's value, each node before its parts; without it the tensors are a state dict.
    #[serde(borrow)]
    pub(super) value: Option<List<Node<'a>>>,
}

/// One tensor.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Entry<'a> {
    /// Its name in the state dict; empty in a checkpoint.
    #[serde(borrow)]
    pub(super) name: &'a str,
    /// `float32` and so on.
    #[serde(borrow)]
    pub(super) dtype: &'a str,
    pub(super) shape: List<u64>,
    /// Where its first byte lies in the file: a multiple of 64.
    pub(super) offset: u64,
    /// CRC-32 of its bytes.
    pub(super) crc: u32,
}

/// A node of a value.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Node<'a> {
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    #[serde(borrow)]
    Str(&'a str),
    /// So many nodes follow as its parts.
    List(u64),
    Tuple(u64),
    /// So many keys follow, each with its value behind it.
    Dict(u64),
    /// The index of a tensor.
    Tensor(u64),
}

/// A sequence that grows as its elements arrive. serde's `Vec` trusts the announced length for up to a
/// megabyte, which a file of some bytes could make it allocate.
#[derive(Debug, PartialEq)]
pub(super) struct List<T>(pub(super) Vec<T>);

impl<T: Serialize> Serialize for List<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Growing<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Growing<T> {
            type Value = List<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a sequence")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<List<T>, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(List(items))
            }
        }

        deserializer.deserialize_seq(Growing(PhantomData))
    }
}

impl<'a, A: Serialize + Deserialize<'a>> Manifest<'a, A> {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        bincode::serde::encode_to_vec(self, bincode::config::standard())
            .expect("memory is the only thing written to, and every type here has a form")
    }

    /// Text is borrowed from `bytes`, so nothing is allocated that they do not pay for.
    pub(super) fn from_bytes(bytes: &'a [u8]) -> Result<Self, ErrorKind> {
        let (manifest, used) =
            bincode::serde::borrow_decode_from_slice(bytes, bincode::config::standard())
                .map_err(|error| malformed(format!("the manifest cannot be decoded: {error}")))?;
        if used != bytes.len() {
            return Err(malformed(format!("{} bytes follow the manifest's end", bytes.len() - used)));
        }
        Ok(manifest)
    }
}
