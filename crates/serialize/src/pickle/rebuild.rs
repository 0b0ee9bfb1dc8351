//! The few calls a checkpoint makes: what torch's rebuild functions would return, as data.

use super::global::{Element, Global};
use super::node::{GlobalNode, Id, Node, Storage, Strided};
use super::read::{FORMAT, Limits};
use crate::ErrorKind;
use crate::shape::bytes_of;
use std::borrow::Cow;
use tensor::DType;

/// Torch refuses more axes.
const MAX_DIMS: usize = 64;

type Nodes<'n, 'a> = &'n [Node<'a>];

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

/// `('storage', class, key, location, numel)`, and for legacy files a view or `None` behind it.
pub(super) fn persistent(nodes: Nodes<'_, '_>, id: Id) -> Result<Storage, ErrorKind> {
    let fields = tuple(nodes, id, "a persistent id")?;
    let (&[tag, class, key, _location, numel], view) = match fields {
        [head @ .., view] if fields.len() == 6 => (head.try_into().expect("five"), Some(*view)),
        _ => match fields.try_into() {
            Ok(head) => (head, None),
            Err(_) => return Err(wrong("a persistent id", fields.len())),
        },
    };
    match node(nodes, tag) {
        Node::Str(tag) if tag == "storage" => {}
        Node::Str(tag) if tag == "module" => {
            return Err(ErrorKind::ForbiddenGlobal {
                name: "module".into(),
                hint: "a model pickled whole needs its Python classes: save `net.state_dict()` instead",
            });
        }
        other => return Err(unexpected("a persistent id", "'storage'", other)),
    }
    let Node::Global(GlobalNode(Global::Storage(element))) = node(nodes, class) else {
        return Err(unexpected("the class of a storage", "a storage class", node(nodes, class)));
    };
    let numel = size(nodes, numel, "the length of a storage")?;
    if numel.checked_mul(element.size()).is_none_or(|bytes| bytes > isize::MAX as usize) {
        return Err(malformed(format!("a storage of {numel} elements is larger than memory")));
    }
    let start = match view.map(|view| node(nodes, view)) {
        None | Some(Node::None) => 0,
        Some(Node::Tuple(view)) if view.len() == 3 => {
            let start = size(nodes, view[1], "the start of a storage view")?;
            let len = size(nodes, view[2], "the length of a storage view")?;
            if start.checked_add(len).is_none_or(|end| end > numel) {
                return Err(malformed(format!(
                    "a view of {len} elements at {start} lies outside its storage of {numel}"
                )));
            }
            start
        }
        Some(other) => return Err(unexpected("a storage view", "a tuple", other)),
    };
    Ok(Storage { key: key_text(nodes, key)?, element: *element, numel, start })
}

fn key_text(nodes: Nodes<'_, '_>, key: Id) -> Result<String, ErrorKind> {
    match node(nodes, key) {
        Node::Str(key) => Ok(key.to_string()),
        Node::Int(key) => Ok(key.to_string()),
        other => Err(unexpected("the key of a storage", "a string", other)),
    }
}

/// A tensor whose every element lies inside its storage.
fn strided<'a>(
    nodes: Nodes<'_, 'a>,
    [storage_id, offset, shape, strides]: [Id; 4],
    element: Option<Element>,
    limits: &mut Limits,
) -> Result<Outcome<'a>, ErrorKind> {
    let Node::Storage(storage) = node(nodes, storage_id) else {
        return Err(unexpected("the storage of a tensor", "a storage", node(nodes, storage_id)));
    };
    limits.copy(size_of::<Strided>())?;
    let element = element.unwrap_or(storage.element);
    let offset = size(nodes, offset, "the offset of a tensor")?;
    let shape = sizes(nodes, shape, "the shape of a tensor", limits)?;
    let strides = sizes(nodes, strides, "the strides of a tensor", limits)?;
    if shape.len() != strides.len() {
        return Err(malformed(format!("a tensor of shape {shape:?} has strides {strides:?}")));
    }
    let held = (storage.numel - storage.start) * storage.element.size() / element.size().max(1);
    let reach = reach(offset, &shape, &strides);
    if reach.is_none_or(|reach| reach > held) {
        return Err(malformed(format!(
            "a tensor of shape {shape:?}, strides {strides:?} and offset {offset} reaches outside \
             its storage of {held} elements"
        )));
    }
    let tensor = Strided { storage: storage_id, element, offset, shape, strides };
    Ok(Node::Tensor(Box::new(tensor)).into())
}

/// One more than the index of the last element, and 0 for an empty tensor; `None` where the number
/// of elements or that index overflows.
fn reach(offset: usize, shape: &[usize], strides: &[usize]) -> Option<usize> {
    bytes_of(DType::U8, shape)?;
    if shape.contains(&0) {
        return Some(0);
    }
    let mut last = offset;
    for (&size, &stride) in shape.iter().zip(strides) {
        last = last.checked_add((size - 1).checked_mul(stride)?)?;
    }
    last.checked_add(1)
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

impl Limits {
    /// One memoised object can be the argument of many calls: what they copy of it is bounded too.
    fn copy(&mut self, bytes: usize) -> Result<(), ErrorKind> {
        match self.copied_bytes.checked_sub(bytes) {
            Some(left) => {
                self.copied_bytes = left;
                Ok(())
            }
            None => Err(malformed("repeats its objects more often than its length allows")),
        }
    }
}

fn sizes(
    nodes: Nodes<'_, '_>,
    id: Id,
    what: &'static str,
    limits: &mut Limits,
) -> Result<Vec<usize>, ErrorKind> {
    let items = sequence(nodes, id, what)?;
    if items.len() > MAX_DIMS {
        return Err(ErrorKind::unsupported(format!("a tensor of {} axes", items.len())));
    }
    limits.copy(items.len() * size_of::<usize>())?;
    items.iter().map(|&item| size(nodes, item, what)).collect()
}

fn size(nodes: Nodes<'_, '_>, id: Id, what: &'static str) -> Result<usize, ErrorKind> {
    match node(nodes, id) {
        Node::Int(x) => usize::try_from(*x).map_err(|_| malformed(format!("{what} is negative: {x}"))),
        other => Err(unexpected(what, "an integer", other)),
    }
}

fn tuple<'n>(nodes: Nodes<'n, '_>, id: Id, what: &'static str) -> Result<&'n [Id], ErrorKind> {
    match node(nodes, id) {
        Node::Tuple(items) => Ok(items),
        other => Err(unexpected(what, "a tuple", other)),
    }
}

fn sequence<'n>(nodes: Nodes<'n, '_>, id: Id, what: &'static str) -> Result<&'n [Id], ErrorKind> {
    match node(nodes, id) {
        Node::Tuple(items) | Node::List(items) => Ok(items),
        other => Err(unexpected(what, "a tuple or list", other)),
    }
}

fn node<'n, 'a>(nodes: Nodes<'n, 'a>, id: Id) -> &'n Node<'a> {
    &nodes[id.0 as usize]
}

fn malformed(what: impl Into<String>) -> ErrorKind {
    ErrorKind::Malformed { format: FORMAT, what: what.into() }
}

fn unexpected(what: &'static str, expected: &'static str, found: &Node<'_>) -> ErrorKind {
    malformed(format!("{what} should be {expected}, found {}", found.kind()))
}

fn wrong(what: &'static str, n: usize) -> ErrorKind {
    malformed(format!("{what} with {n} parts"))
}
