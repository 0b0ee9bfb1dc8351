//! The arguments of a call, as what they have to be.

use super::node::{Id, Node};
use super::read::FORMAT;
use crate::Error;

pub(super) type Nodes<'n, 'a> = &'n [Node<'a>];

pub(super) fn size(nodes: Nodes<'_, '_>, id: Id, what: &'static str) -> Result<usize, Error> {
    match node(nodes, id) {
        Node::Int(x) => usize::try_from(*x).map_err(|_| malformed(format!("{what} is negative: {x}"))),
        other => Err(unexpected(what, "an integer", other)),
    }
}

pub(super) fn tuple<'n>(nodes: Nodes<'n, '_>, id: Id, what: &'static str) -> Result<&'n [Id], Error> {
    match node(nodes, id) {
        Node::Tuple(items) => Ok(items),
        other => Err(unexpected(what, "a tuple", other)),
    }
}

pub(super) fn sequence<'n>(nodes: Nodes<'n, '_>, id: Id, what: &'static str) -> Result<&'n [Id], Error> {
    match node(nodes, id) {
        Node::Tuple(items) | Node::List(items) => Ok(items),
        other => Err(unexpected(what, "a tuple or list", other)),
    }
}

pub(super) fn node<'n, 'a>(nodes: Nodes<'n, 'a>, id: Id) -> &'n Node<'a> {
    &nodes[id.0 as usize]
}

pub(super) fn malformed(what: impl Into<String>) -> Error {
    Error::malformed(FORMAT, what)
}

pub(super) fn unexpected(what: &'static str, expected: &'static str, found: &Node<'_>) -> Error {
    malformed(format!("{what} should be {expected}, found {}", found.kind()))
}

pub(super) fn wrong(what: &'static str, n: usize) -> Error {
    malformed(format!("{what} with {n} parts"))
}
