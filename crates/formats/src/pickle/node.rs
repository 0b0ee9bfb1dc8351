use super::global::{Element, Global};
use std::borrow::Cow;

/// The number of a node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Id(pub(super) u32);

/// One Python object. Objects refer to others by number, so nothing here nests.
#[derive(Debug)]
pub enum Node<'a> {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// An integer of up to 64 bits.
    Int(i64),
    /// An integer of more than 64 bits, as its little-endian bytes in two's complement.
    Long(&'a [u8]),
    /// A float.
    Float(f64),
    /// A text.
    Str(Cow<'a, str>),
    /// `bytes` or a `bytearray`.
    Bytes(Cow<'a, [u8]>),
    /// A list.
    List(Vec<Id>),
    /// A tuple.
    Tuple(Vec<Id>),
    /// A `set` or `frozenset`.
    Set(Vec<Id>),
    /// A dictionary, with every pair in the order it was set.
    Dict(Vec<(Id, Id)>),
    /// A dtype of torch.
    Dtype(Element),
    /// A storage of torch.
    Storage(Box<Storage>),
    /// A tensor, as a view of a storage.
    Tensor(Box<Strided>),
    /// An array of NumPy.
    Array(Box<Array>),
    /// A class or function that has not been called.
    Global(GlobalNode),
    /// An object that has no counterpart here.
    Opaque(Opaque),
}

/// An object with no counterpart here, in whose place the reader goes on. What is done to it is done to
/// nothing.
#[derive(Clone, Debug)]
pub enum Opaque {
    /// Its kind.
    Unsupported(Box<str>),
    /// Made by a class or function outside the allow-list, of this full Python name.
    Forbidden(Box<str>),
}

/// Keeps the allow-list private to the pickle reader.
#[derive(Clone, Copy, Debug)]
pub struct GlobalNode(pub(super) Global);

/// A stretch of raw memory that lies elsewhere in the file under its key.
#[derive(Debug)]
pub struct Storage {
    /// The name under which the bytes lie.
    pub key: String,
    /// Its element type.
    pub element: Element,
    /// Elements in the whole storage.
    pub numel: usize,
    /// Where a view of it begins (legacy files only), in elements.
    pub start: usize,
    /// Elements in the view, or in the whole.
    pub len: usize,
}

/// A tensor as its storage seen through offset, sizes and strides, all in elements. Every element
/// has been checked to lie inside the storage.
#[derive(Debug)]
pub struct Strided {
    /// A [`Node::Storage`].
    pub storage: Id,
    /// The tensor's element type, which need not be the storage's.
    pub element: Element,
    /// Its first element in the storage.
    pub offset: usize,
    /// Sizes, outermost first.
    pub shape: Vec<usize>,
    /// Elements from one to the next along each axis.
    pub strides: Vec<usize>,
    /// Whether its elements are the negatives of those in the storage.
    pub negative: bool,
}

/// An array of NumPy. Its bytes have been checked to be as many as its sizes ask for, little-endian.
#[derive(Debug)]
pub struct Array {
    /// Its element type, by torch's name.
    pub element: Element,
    /// Sizes, outermost first.
    pub shape: Vec<usize>,
    /// Whether the first axis is the fastest, as in Fortran, and not the last.
    pub columns_first: bool,
    /// What holds the bytes; none for an array without elements.
    pub(super) data: Option<Id>,
}

/// All objects of one pickle.
pub struct Pickle<'a> {
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) root: Id,
    /// Bytes of the pickle, its last instruction included.
    pub(super) len: usize,
}

impl<'a> Pickle<'a> {
    /// The object that was pickled.
    pub fn root(&self) -> &Node<'a> {
        self.node(self.root)
    }

    /// Its number.
    pub fn root_id(&self) -> Id {
        self.root
    }

    /// The object of a number.
    pub fn node(&self, id: Id) -> &Node<'a> {
        &self.nodes[id.0 as usize]
    }

    /// The bytes of an array's elements.
    pub fn array_data(&self, array: &Array) -> &[u8] {
        array.data.and_then(|data| self.node(data).raw()).unwrap_or_default()
    }

    /// Every storage that is named anywhere.
    pub fn storages(&self) -> impl Iterator<Item = &Storage> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Storage(storage) => Some(&**storage),
            _ => None,
        })
    }

    /// Bytes of the pickle, its last instruction included.
    pub fn size_in_bytes(&self) -> usize {
        self.len
    }
}

impl Node<'_> {
    /// The bytes of `bytes`, or of a string of Python 2, which held bytes.
    pub(super) fn raw(&self) -> Option<&[u8]> {
        match self {
            Node::Bytes(bytes) => Some(bytes),
            Node::Str(text) => Some(text.as_bytes()),
            _ => None,
        }
    }

    /// Its kind, for messages.
    pub fn kind(&self) -> &'static str {
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
            Node::Array(_) => "an array",
            Node::Global(_) => "a class or function",
            Node::Opaque(_) => "an object without counterpart here",
        }
    }
}
