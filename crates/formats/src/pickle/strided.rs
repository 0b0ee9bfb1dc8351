//! Storages and the tensors that look into them.

use super::args::{Nodes, malformed, node, sequence, size, tuple, unexpected, wrong};
use super::global::{Element, Global};
use super::node::{GlobalNode, Id, Node, Storage, Strided};
use super::rebuild::{Limits, Outcome};
use crate::Error;
use crate::limits::numel;

/// Torch refuses more axes.
pub(super) const MAX_DIMS: usize = 64;

/// `('storage', class, key, location, numel)`, and for legacy files a view or `None` behind it.
pub(super) fn persistent<'a>(nodes: Nodes<'_, 'a>, id: Id) -> Result<Outcome<'a>, Error> {
    let fields = tuple(nodes, id, "a persistent id")?;
    // A class that is not on the list: that of a whole model, which has the tag 'module', or of storages
    // elsewhere.
    if let Some(&class) = fields.get(1)
        && let Node::Opaque(_) = node(nodes, class)
    {
        return Ok(Outcome::Same(class));
    }
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
            return Err(Error::ForbiddenGlobal {
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
    let (start, len) = match view.map(|view| node(nodes, view)) {
        None | Some(Node::None) => (0, numel),
        Some(Node::Tuple(view)) if view.len() == 3 => {
            let start = size(nodes, view[1], "the start of a storage view")?;
            let len = size(nodes, view[2], "the length of a storage view")?;
            if start.checked_add(len).is_none_or(|end| end > numel) {
                return Err(malformed(format!(
                    "a view of {len} elements at {start} lies outside its storage of {numel}"
                )));
            }
            (start, len)
        }
        Some(other) => return Err(unexpected("a storage view", "a tuple", other)),
    };
    let storage = Storage { key: key_text(nodes, key)?, element: *element, numel, start, len };
    Ok(Node::Storage(Box::new(storage)).into())
}

fn key_text(nodes: Nodes<'_, '_>, key: Id) -> Result<String, Error> {
    match node(nodes, key) {
        Node::Str(key) => Ok(key.to_string()),
        Node::Int(key) => Ok(key.to_string()),
        other => Err(unexpected("the key of a storage", "a string", other)),
    }
}

/// A tensor whose every element lies inside its storage.
pub(super) fn strided<'a>(
    nodes: Nodes<'_, 'a>,
    [storage_id, offset, shape, strides]: [Id; 4],
    element: Option<Element>,
    negative: bool,
    limits: &mut Limits,
) -> Result<Outcome<'a>, Error> {
    let Node::Storage(storage) = node(nodes, storage_id) else {
        return Err(unexpected("the storage of a tensor", "a storage", node(nodes, storage_id)));
    };
    limits.copy(size_of::<Strided>())?;
    let element = element.unwrap_or(storage.element);
    let offset = size(nodes, offset, "the offset of a tensor")?;
    let shape = sizes(nodes, shape, ["the shape of a tensor", "a size in the shape of a tensor"], limits)?;
    let strides = sizes(nodes, strides, ["the strides of a tensor", "a stride of a tensor"], limits)?;
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
    let tensor = Strided { storage: storage_id, element, offset, shape, strides, negative };
    Ok(Node::Tensor(Box::new(tensor)).into())
}

/// One more than the index of the last element, and 0 for an empty tensor; `None` where the number
/// of elements or that index overflows.
fn reach(offset: usize, shape: &[usize], strides: &[usize]) -> Option<usize> {
    numel(shape)?;
    if shape.contains(&0) {
        return Some(0);
    }
    let mut last = offset;
    for (&size, &stride) in shape.iter().zip(strides) {
        last = last.checked_add((size - 1).checked_mul(stride)?)?;
    }
    last.checked_add(1)
}

fn sizes(
    nodes: Nodes<'_, '_>,
    id: Id,
    [all, each]: [&'static str; 2],
    limits: &mut Limits,
) -> Result<Vec<usize>, Error> {
    let items = sequence(nodes, id, all)?;
    if items.len() > MAX_DIMS {
        return Err(Error::unsupported(format!("a tensor of {} axes", items.len())));
    }
    limits.copy(items.len() * size_of::<usize>())?;
    items.iter().map(|&item| size(nodes, item, each)).collect()
}
