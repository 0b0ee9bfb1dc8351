//! The few calls a checkpoint makes: what torch's rebuild functions would return, as data.

use super::args::{Nodes, malformed, node, sequence, tuple, unexpected, wrong};
use super::global::Global;
use super::node::{GlobalNode, Id, Node};
use super::strided::strided;
use crate::ErrorKind;
use std::borrow::Cow;

/// What a call gives back.
pub(super) enum Outcome<'a> {
    New(Node<'a>),
    /// The argument itself, where copying it would change nothing for a reader.
    Same(Id),
}

impl<'a> From<Node<'a>> for Outcome<'a> {
    fn from(node: Node<'a>) -> Self {
        Outcome::New(node)
    }
}

pub(super) fn call<'a>(
    nodes: Nodes<'_, 'a>,
    function: Global,
    args: Id,
    limits: &mut Limits,
) -> Result<Outcome<'a>, ErrorKind> {
    let args = tuple(nodes, args, "the arguments of a call")?;
    match function {
        Global::OrderedDict | Global::Counter => dict(nodes, args, limits),
        Global::Set | Global::Size => match args {
            [] => Ok(Node::Tuple(Vec::new()).into()),
            [items] => {
                sequence(nodes, *items, "the items of a set or torch.Size")?;
                Ok(Outcome::Same(*items))
            }
            _ => Err(wrong("a set or torch.Size", args.len())),
        },
        Global::Encode => encode(nodes, args, limits),
        Global::Bytearray => match args {
            [] => Ok(Node::Bytes(Cow::Borrowed(&[])).into()),
            [bytes] => match node(nodes, *bytes) {
                Node::Bytes(_) => Ok(Outcome::Same(*bytes)),
                other => Err(unexpected("the contents of a bytearray", "bytes", other)),
            },
            _ => Err(wrong("bytearray", args.len())),
        },
        Global::Device => device(nodes, args, limits),
        Global::Complex => Ok(Node::Complex.into()),
        Global::RebuildTensor | Global::RebuildTensorV2 => match args {
            [storage, offset, shape, strides, rest @ ..] => {
                refuse_metadata(nodes, rest.get(2))?;
                strided(nodes, [*storage, *offset, *shape, *strides], None, limits)
            }
            _ => Err(wrong("_rebuild_tensor_v2", args.len())),
        },
        Global::RebuildTensorV3 => match args {
            [storage, offset, shape, strides, _requires_grad, _hooks, dtype, rest @ ..] => {
                refuse_metadata(nodes, rest.first())?;
                let Node::Dtype(element) = node(nodes, *dtype) else {
                    return Err(unexpected("the dtype of a tensor", "a dtype", node(nodes, *dtype)));
                };
                strided(nodes, [*storage, *offset, *shape, *strides], Some(*element), limits)
            }
            _ => Err(wrong("_rebuild_tensor_v3", args.len())),
        },
        Global::RebuildParameter | Global::Parameter => match args.first() {
            Some(&data) => match node(nodes, data) {
                Node::Tensor(_) => Ok(Outcome::Same(data)),
                other => Err(unexpected("the data of a parameter", "a tensor", other)),
            },
            None => Err(wrong("_rebuild_parameter", 0)),
        },
        Global::RebuildFromType => match args {
            [function, _class, args, _state] => match node(nodes, *function) {
                // One level only: nothing makes this function rebuild itself.
                Node::Global(GlobalNode(Global::RebuildFromType)) => {
                    Err(malformed("_rebuild_from_type_v2 names itself"))
                }
                Node::Global(GlobalNode(function)) => call(nodes, *function, *args, limits),
                other => Err(unexpected("the rebuild function", "a function", other)),
            },
            _ => Err(wrong("_rebuild_from_type_v2", args.len())),
        },
        Global::Unsupported(what) => Err(ErrorKind::unsupported(what)),
        Global::Layout => Err(ErrorKind::unsupported("a sparse tensor")),
        Global::Tensor | Global::Dtype(_) | Global::Storage(_) => {
            Err(malformed("the pickle calls a class that is only ever named"))
        }
    }
}

/// Conjugate and negative bits, which torch resolves lazily and real checkpoints never carry.
fn refuse_metadata(nodes: Nodes<'_, '_>, metadata: Option<&Id>) -> Result<(), ErrorKind> {
    match metadata.map(|&id| node(nodes, id)) {
        None | Some(Node::None) => Ok(()),
        Some(Node::Dict(items)) if items.is_empty() => Ok(()),
        Some(_) => Err(ErrorKind::unsupported("a tensor with its conjugate or negative bit set")),
    }
}

fn dict<'a>(nodes: Nodes<'_, 'a>, args: &[Id], limits: &mut Limits) -> Result<Outcome<'a>, ErrorKind> {
    let Some(&items) = args.first() else { return Ok(Node::Dict(Vec::new()).into()) };
    if let Node::Dict(_) = node(nodes, items) {
        return Ok(Outcome::Same(items));
    }
    let items = sequence(nodes, items, "the items of a dictionary")?;
    limits.copy(size_of_val(items) * 2)?;
    let mut pairs = Vec::with_capacity(items.len());
    for &pair in items {
        match sequence(nodes, pair, "an item of a dictionary")? {
            &[key, value] => pairs.push((key, value)),
            other => return Err(wrong("an item of a dictionary", other.len())),
        }
    }
    Ok(Node::Dict(pairs).into())
}

/// `_codecs.encode(text, 'latin1')`: how protocol 2 writes bytes.
fn encode<'a>(nodes: Nodes<'_, 'a>, args: &[Id], limits: &mut Limits) -> Result<Outcome<'a>, ErrorKind> {
    let &[text, encoding] = args else { return Err(wrong("_codecs.encode", args.len())) };
    let Node::Str(text) = node(nodes, text) else {
        return Err(unexpected("the text of bytes", "a string", node(nodes, text)));
    };
    if !matches!(node(nodes, encoding), Node::Str(name) if name == "latin1") {
        return Err(ErrorKind::unsupported("bytes in another encoding than latin1"));
    }
    limits.copy(text.len())?;
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    match bytes {
        Some(bytes) => Ok(Node::Bytes(Cow::Owned(bytes)).into()),
        None => Err(malformed("bytes hold a character beyond latin1")),
    }
}

/// `torch.device('cuda', 1)` becomes the text `cuda:1`.
fn device<'a>(nodes: Nodes<'_, 'a>, args: &[Id], limits: &mut Limits) -> Result<Outcome<'a>, ErrorKind> {
    let (name_id, index) = match args {
        [name] => (*name, None),
        [name, index] => (*name, Some(*index)),
        _ => return Err(wrong("torch.device", args.len())),
    };
    match (node(nodes, name_id), index.map(|id| node(nodes, id))) {
        (Node::Str(_), None | Some(Node::None)) => Ok(Outcome::Same(name_id)),
        (Node::Str(name), Some(Node::Int(index))) => {
            limits.copy(name.len() + 32)?;
            Ok(Node::Str(Cow::Owned(format!("{name}:{index}"))).into())
        }
        (other, _) => Err(unexpected("a device", "its name", other)),
    }
}

/// How much a pickle may hold beyond what its own bytes bound.
pub(super) struct Limits {
    /// Bytes copied out of objects that may be named again.
    copied_bytes: usize,
}

impl Limits {
    pub(super) fn for_pickle(len: usize) -> Self {
        Limits { copied_bytes: 65_536 + len.saturating_mul(16) }
    }

    /// One memoised object can be the argument of many calls: what they copy of it is bounded too.
    pub(super) fn copy(&mut self, bytes: usize) -> Result<(), ErrorKind> {
        match self.copied_bytes.checked_sub(bytes) {
            Some(left) => {
                self.copied_bytes = left;
                Ok(())
            }
            None => Err(malformed("repeats its objects more often than its length allows")),
        }
    }
}
