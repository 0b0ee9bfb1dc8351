//! The few calls a checkpoint makes: what torch's rebuild functions would return, as data.

use super::args::{Nodes, malformed, node, sequence, tuple, unexpected, wrong};
use super::array;
use super::global::{Element, Global};
use super::meta;
use super::node::{GlobalNode, Id, Node, Opaque};
use super::strided::strided;
use crate::Error;
use std::borrow::Cow;

/// The result of a call.
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
) -> Result<Outcome<'a>, Error> {
    let args = tuple(nodes, args, "the arguments of a call")?;
    // Made from what has no counterpart here, it has none either.
    if let Some(&opaque) = args.iter().find(|&&id| matches!(node(nodes, id), Node::Opaque(_))) {
        return Ok(Outcome::Same(opaque));
    }
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
        Global::ArrayReconstruct => array::reconstruct(nodes, args, limits),
        Global::ArrayDtypeClass => array::dtype(nodes, args),
        Global::Complex => Err(Error::unsupported("a complex number")),
        Global::RebuildTensor | Global::RebuildTensorV2 => match args {
            [storage, offset, shape, strides, rest @ ..] => {
                let negative = is_negative(nodes, rest.get(2))?;
                strided(nodes, [*storage, *offset, *shape, *strides], None, negative, limits)
            }
            _ => Err(wrong("_rebuild_tensor_v2", args.len())),
        },
        Global::RebuildTensorV3 => match args {
            [storage, offset, shape, strides, _requires_grad, _hooks, dtype, rest @ ..] => {
                let negative = is_negative(nodes, rest.first())?;
                let element = dtype_of(nodes, *dtype)?;
                strided(nodes, [*storage, *offset, *shape, *strides], Some(element), negative, limits)
            }
            _ => Err(wrong("_rebuild_tensor_v3", args.len())),
        },
        Global::RebuildMeta => match args {
            [dtype, shape, ..] => meta::describe(nodes, dtype_of(nodes, *dtype)?, *shape, limits),
            _ => Err(wrong("_rebuild_meta_tensor_no_storage", args.len())),
        },
        Global::RebuildParameter | Global::Parameter => match args.first() {
            Some(&data) => match node(nodes, data) {
                // Text is what a tensor without data became.
                Node::Tensor(_) | Node::Str(_) => Ok(Outcome::Same(data)),
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
        Global::Unsupported(what) => Err(Error::unsupported(what)),
        // `torch.sparse_coo` and so on, as a dtype is its name.
        Global::Layout => match args {
            [name] if matches!(node(nodes, *name), Node::Str(_)) => Ok(Outcome::Same(*name)),
            _ => Err(wrong("_get_layout", args.len())),
        },
        Global::Tensor
        | Global::Dtype(_)
        | Global::Storage(_)
        | Global::ArrayClass
        | Global::ArrayDtype(_) => Err(malformed("the pickle calls a class that is only ever named")),
    }
}

/// Which class an object outside the allow-list is of: the one called, or for `copyreg`'s helpers the one
/// that they make.
pub(super) fn class_made(nodes: Nodes<'_, '_>, function: Id, args: Id) -> Id {
    let is_helper = matches!(node(nodes, function), Node::Opaque(Opaque::Forbidden(name))
        if name.starts_with("copyreg.") || name.starts_with("copy_reg."));
    match node(nodes, args) {
        Node::Tuple(args) if is_helper => match args.first() {
            Some(&class) if matches!(node(nodes, class), Node::Opaque(_)) => class,
            _ => function,
        },
        _ => function,
    }
}

fn dtype_of(nodes: Nodes<'_, '_>, id: Id) -> Result<Element, Error> {
    match node(nodes, id) {
        Node::Dtype(element) => Ok(*element),
        other => Err(unexpected("the dtype of a tensor", "a dtype", other)),
    }
}

/// Whether a tensor's negative bit is set, which torch leaves to whoever reads the elements. Its conjugate
/// bit makes a difference to complex numbers only.
fn is_negative(nodes: Nodes<'_, '_>, metadata: Option<&Id>) -> Result<bool, Error> {
    let items = match metadata.map(|&id| node(nodes, id)) {
        None | Some(Node::None) => return Ok(false),
        Some(Node::Dict(items)) => items,
        Some(other) => return Err(unexpected("the metadata of a tensor", "a dictionary", other)),
    };
    let mut negative = false;
    for &(key, value) in items {
        match (node(nodes, key), node(nodes, value)) {
            (Node::Str(key), Node::Bool(bit)) if key == "neg" => negative = *bit,
            (_, Node::Bool(false)) => {}
            (Node::Str(key), Node::Bool(true)) if key == "conj" => {
                return Err(Error::unsupported("a tensor with its conjugate bit set"));
            }
            _ => return Err(Error::unsupported("a tensor with metadata of an unknown kind")),
        }
    }
    Ok(negative)
}

fn dict<'a>(nodes: Nodes<'_, 'a>, args: &[Id], limits: &mut Limits) -> Result<Outcome<'a>, Error> {
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
fn encode<'a>(nodes: Nodes<'_, 'a>, args: &[Id], limits: &mut Limits) -> Result<Outcome<'a>, Error> {
    let &[text, encoding] = args else { return Err(wrong("_codecs.encode", args.len())) };
    let Node::Str(text) = node(nodes, text) else {
        return Err(unexpected("the text of bytes", "a string", node(nodes, text)));
    };
    if !matches!(node(nodes, encoding), Node::Str(name) if name == "latin1") {
        return Err(Error::unsupported("bytes in another encoding than latin1"));
    }
    limits.copy(text.len())?;
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    match bytes {
        Some(bytes) => Ok(Node::Bytes(Cow::Owned(bytes)).into()),
        None => Err(malformed("bytes hold a character beyond latin1")),
    }
}

/// `torch.device('cuda', 1)` becomes the text `cuda:1`.
fn device<'a>(nodes: Nodes<'_, 'a>, args: &[Id], limits: &mut Limits) -> Result<Outcome<'a>, Error> {
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
    pub(super) fn copy(&mut self, bytes: usize) -> Result<(), Error> {
        match self.copied_bytes.checked_sub(bytes) {
            Some(left) => {
                self.copied_bytes = left;
                Ok(())
            }
            None => Err(malformed("repeats its objects more often than its length allows")),
        }
    }
}
