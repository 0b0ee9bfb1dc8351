//! Tensors of the device `meta`, which have a shape and a dtype but no numbers.

use super::args::{Nodes, sequence, size};
use super::global::Element;
use super::node::{Id, Node};
use super::rebuild::{Limits, Outcome};
use super::strided::MAX_DIMS;
use crate::Error;
use std::borrow::Cow;

/// As text, in the words of torch: `tensor(..., device='meta', size=(2, 3))`. Numbers are not made up for it.
pub(super) fn describe<'a>(
    nodes: Nodes<'_, 'a>,
    element: Element,
    shape: Id,
    limits: &mut Limits,
) -> Result<Outcome<'a>, Error> {
    let items = sequence(nodes, shape, "the shape of a tensor")?;
    if items.len() > MAX_DIMS {
        return Err(Error::unsupported(format!("a tensor of {} axes", items.len())));
    }
    limits.copy(80 + 22 * items.len())?;
    let mut sizes = Vec::with_capacity(items.len());
    for &item in items {
        sizes.push(size(nodes, item, "a size of a tensor")?.to_string());
    }
    let comma = if sizes.len() == 1 { "," } else { "" };
    let dtype = match element.name() {
        None | Some("float32") => String::new(),
        Some(name) => format!(", dtype=torch.{name}"),
    };
    let text = format!("tensor(..., device='meta', size=({}{comma}){dtype})", sizes.join(", "));
    Ok(Node::Str(Cow::Owned(text)).into())
}
