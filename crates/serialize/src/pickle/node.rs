use super::global::{Element, Global};
use std::borrow::Cow;

/// The number of a node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Id(pub(super) u32);

/// One Python object. Objects refer to others by number, so nothing here nests.
#[derive(Debug)]
pub(crate) enum Node<'a> {
    None,
    Bool(bool),
    Int(i64),
    /// An integer of more than 64 bits, as its little-endian bytes in two's complement.
    Long(&'a [u8]),
    Float(f64),
    Str(Cow<'a, str>),
    Bytes(Cow<'a, [u8]>),
    List(Vec<Id>),
    Tuple(Vec<Id>),
    Set(Vec<Id>),
    Dict(Vec<(Id, Id)>),
    Dtype(Element),
    Storage(Box<Storage>),
    Tensor(Box<Strided>),
    /// A class or function that has not been called.
    Global(GlobalNode),
    Opaque(Opaque),
}

/// An object with no counterpart here, in whose place the reader goes on. What is done to it is done to
/// nothing.
#[derive(Clone, Debug)]
pub(crate) enum Opaque {
    /// What it is.
    Unsupported(Box<str>),
    /// Made by a class or function outside the allow-list, of this full Python name.
    Forbidden(Box<str>),
}

/// Keeps the allow-list private to the pickle reader.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GlobalNode(pub(super) Global);

/// A stretch of raw memory that lies elsewhere in the file under its key.
#[derive(Debug)]
pub(crate) struct Storage {
    pub(crate) key: String,
    pub(crate) element: Element,
    /// Elements in the whole storage.
    pub(crate) numel: usize,
    /// Where a view of it begins (legacy files only), in elements.
    pub(crate) start: usize,
    /// Elements in the view, or in the whole.
    pub(crate) len: usize,
}

/// A tensor as its storage seen through offset, sizes and strides, all in elements. Every element
/// has been checked to lie inside the storage.
#[derive(Debug)]
pub(crate) struct Strided {
    /// A [`Node::Storage`].
    pub(crate) storage: Id,
    pub(crate) element: Element,
    pub(crate) offset: usize,
    pub(crate) shape: Vec<usize>,
    pub(crate) strides: Vec<usize>,
    /// Whether its elements are the negatives of those in the storage.
    pub(crate) negative: bool,
}

/// All objects of one pickle.
pub(crate) struct Pickle<'a> {
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) root: Id,
    /// Bytes of the pickle, its last instruction included.
    pub(super) len: usize,
}

impl<'a> Pickle<'a> {
    pub(crate) fn root(&self) -> &Node<'a> {
        self.node(self.root)
    }

    pub(crate) fn root_id(&self) -> Id {
        self.root
    }

    pub(crate) fn node(&self, id: Id) -> &Node<'a> {
        &self.nodes[id.0 as usize]
    }

    /// Every storage that is named anywhere.
    pub(crate) fn storages(&self) -> impl Iterator<Item = &Storage> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Storage(storage) => Some(&**storage),
            _ => None,
        })
    }

    /// Bytes of the pickle, its last instruction included.
    pub(crate) fn len(&self) -> usize {
        self.len
    }
}

impl Node<'_> {
    /// What it is, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Node::None => "None",
            Node::Bool(_) => "a bool",
            Node::Int(_) | Node::Long(_) => "an integer",
            Node::Float(_) => "a float",
            Node::Str(_) => "a string",
            Node::Bytes(_) => "bytes",
            Node::List(_) => "a list",
            Node::Tuple(_) => "a tuple",
            Node::Set(_) => "a set",
            Node::Dict(_) => "a dictionary",
            Node::Dtype(_) => "a dtype",
            Node::Storage(_) => "a storage",
            Node::Tensor(_) => "a tensor",
            Node::Global(_) => "a class or function",
            Node::Opaque(_) => "an object without counterpart here",
        }
    }
}
