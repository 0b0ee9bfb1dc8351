//! From the objects of a pickle and the storages beside it to a [`Value`].

use crate::budget::Budget;
use crate::pickle::{Element, Id, Node, Pickle, Storage, Strided};
use crate::{ErrorKind, MAX_DEPTH, byte_order};
use nn::Value;
use std::borrow::Cow;
use std::collections::HashMap;
use tensor::{DType, Tensor};

/// The value of the pickle's root. `data` finds the bytes of a storage by its key.
pub(super) fn to_value<'d>(
    pickle: &Pickle<'_>,
    big_endian: bool,
    budget: &mut Budget,
    data: impl FnMut(&str, &mut Budget) -> Result<Cow<'d, [u8]>, ErrorKind>,
) -> Result<Value, ErrorKind> {
    let mut converter = Converter {
        pickle,
        swap: big_endian != cfg!(target_endian = "big"),
        budget,
        objects: Budget::for_objects(pickle.len()),
        repeats: Budget::for_repeats(),
        data,
        storages: HashMap::new(),
        path: Vec::new(),
    };
    converter.node(pickle.root())
}

struct Converter<'p, 'a, F> {
    pickle: &'p Pickle<'a>,
    swap: bool,
    /// For what is read from other records.
    budget: &'p mut Budget,
    /// For objects: one may stand in many places, and is a value of its own in each.
    objects: Budget,
    /// For elements that a tensor repeats.
    repeats: Budget,
    data: F,
    /// Storages as tensors of one axis, with their bytes; what views share stays shared.
    storages: HashMap<(&'p str, DType), (Tensor, usize)>,
    /// Keys from the root to here, for messages.
    path: Vec<String>,
}

impl<'p, 'a, 'd, F> Converter<'p, 'a, F>
where
    F: FnMut(&str, &mut Budget) -> Result<Cow<'d, [u8]>, ErrorKind>,
{
    fn node(&mut self, node: &'p Node<'a>) -> Result<Value, ErrorKind> {
        Ok(match node {
            Node::None => Value::None,
            Node::Bool(x) => Value::Bool(*x),
            Node::Int(x) => Value::Int(*x),
            Node::Float(x) => Value::Float(*x),
            Node::Str(text) => {
                self.charge(text.len())?;
                Value::Str(text.to_string())
            }
            Node::Bytes(bytes) => {
                self.charge(bytes.len() + 64)?;
                Value::Tensor(Tensor::from_bytes(DType::U8, [bytes.len()], bytes))
            }
            Node::Dtype(Element::Known(dtype)) => Value::Str(format!("torch.{}", dtype.name())),
            Node::List(items) | Node::Set(items) => Value::List(self.items(items)?),
            Node::Tuple(items) => Value::Tuple(self.items(items)?),
            Node::Dict(items) => self.dict(items)?,
            Node::Tensor(tensor) => Value::Tensor(self.tensor(tensor)?),
            Node::Long(_) => return Err(self.unsupported("an integer of more than 64 bits")),
            Node::Complex => return Err(self.unsupported("a complex number")),
            Node::Dtype(Element::Other { name, .. }) => {
                return Err(self.unsupported(&format!("the dtype {name}")));
            }
            Node::Dtype(Element::Untyped) | Node::Global(_) => {
                return Err(self.unsupported("a class or function as a value"));
            }
            Node::Storage(_) => return Err(self.unsupported("a storage outside a tensor")),
        })
    }

    fn items(&mut self, items: &'p [Id]) -> Result<Vec<Value>, ErrorKind> {
        self.charge(items.len().saturating_mul(size_of::<Value>()))?;
        let mut values = Vec::with_capacity(items.len());
        for (index, &item) in items.iter().enumerate() {
            values.push(self.child(item, || index.to_string())?);
        }
        Ok(values)
    }

    /// As in Python the last of several equal keys wins, at the place of the first.
    fn dict(&mut self, items: &'p [(Id, Id)]) -> Result<Value, ErrorKind> {
        let room = size_of::<(Value, Value)>() + 2 * size_of::<(Vec<u8>, usize)>();
        self.charge(items.len().saturating_mul(room))?;
        let mut entries: Vec<(Value, Value)> = Vec::with_capacity(items.len());
        let mut places: HashMap<Vec<u8>, usize> = HashMap::with_capacity(items.len());
        for &(key, value) in items {
            let mut hash = Vec::new();
            self.hash(key, 0, &mut hash)?;
            self.charge(hash.len())?;
            let node = self.pickle.node(key);
            let value = self.child(value, || name(node))?;
            match places.get(&hash) {
                Some(&place) => entries[place].1 = value,
                None => {
                    places.insert(hash, entries.len());
                    entries.push((self.child(key, || "a key".to_owned())?, value));
                }
            }
        }
        Ok(Value::Dict(entries))
    }

    fn child(&mut self, id: Id, name: impl FnOnce() -> String) -> Result<Value, ErrorKind> {
        if self.path.len() >= MAX_DEPTH {
            return Err(ErrorKind::Malformed {
                format: crate::pickle::FORMAT,
                what: format!("objects nested more than {MAX_DEPTH} deep, or holding themselves"),
            });
        }
        self.path.push(name());
        let value = self.node(self.pickle.node(id))?;
        self.path.pop();
        Ok(value)
    }

    /// Bytes that are equal exactly for equal keys.
    fn hash(&mut self, key: Id, depth: usize, hash: &mut Vec<u8>) -> Result<(), ErrorKind> {
        self.charge(16)?;
        match self.pickle.node(key) {
            Node::None => hash.push(b'N'),
            Node::Bool(x) => hash.extend([b'B', u8::from(*x)]),
            Node::Int(x) => {
                hash.push(b'I');
                hash.extend(x.to_le_bytes());
            }
            Node::Float(x) => {
                hash.push(b'F');
                hash.extend(x.to_bits().to_le_bytes());
            }
            Node::Str(text) => {
                self.charge(text.len())?;
                hash.push(b'S');
                hash.extend((text.len() as u64).to_le_bytes());
                hash.extend(text.as_bytes());
            }
            Node::Tuple(items) if depth < MAX_DEPTH => {
                hash.push(b'T');
                hash.extend((items.len() as u64).to_le_bytes());
                for &item in items {
                    self.hash(item, depth + 1, hash)?;
                }
            }
            other => return Err(self.unsupported(&format!("{} as a key", other.kind()))),
        }
        Ok(())
    }

    fn tensor(&mut self, tensor: &'p Strided) -> Result<Tensor, ErrorKind> {
        let dtype = match tensor.element {
            Element::Known(dtype) => dtype,
            Element::Untyped => DType::U8,
            Element::Other { name, .. } => {
                return Err(self.unsupported(&format!("a tensor of dtype {name}")));
            }
        };
        let Node::Storage(storage) = self.pickle.node(tensor.storage) else {
            unreachable!("the pickle reader puts a storage there");
        };
        self.charge(2 * size_of_val(&tensor.shape[..]))?;
        let start = storage.start * storage.element.size();
        if !start.is_multiple_of(dtype.size_in_bytes()) {
            return Err(self.unsupported("a view that begins between two elements"));
        }
        let offset = start / dtype.size_in_bytes() + tensor.offset;
        let whole = self.storage(storage, dtype)?;
        let bytes = tensor.shape.iter().product::<usize>() * dtype.size_in_bytes();
        let repeated = bytes.saturating_sub(storage.numel * storage.element.size());
        let path = &self.path;
        self.repeats.charge(repeated as u64, || format!("the repeats of the tensor{}", place(path)))?;
        if tensor.shape.contains(&0) {
            return Ok(Tensor::from_bytes(dtype, &tensor.shape[..], &[]));
        }
        Ok(whole.as_strided(&tensor.shape[..], &tensor.strides[..], offset))
    }

    /// A whole storage as a tensor of one axis.
    fn storage(&mut self, storage: &'p Storage, dtype: DType) -> Result<Tensor, ErrorKind> {
        let expected = storage.numel * storage.element.size();
        let check = |len: usize| match len == expected {
            true => Ok(()),
            false => Err(ErrorKind::Malformed {
                format: "PyTorch file",
                what: format!("storage `{}` should have {expected} bytes, found {len}", storage.key),
            }),
        };
        // The pickle may describe one storage twice, and differently.
        if let Some((tensor, len)) = self.storages.get(&(storage.key.as_str(), dtype)) {
            return check(*len).map(|()| tensor.clone());
        }
        let bytes = (self.data)(&storage.key, self.budget)?;
        check(bytes.len())?;
        self.budget.charge(bytes.len() as u64 + 64, || format!("storage `{}`", storage.key))?;
        let size = dtype.size_in_bytes();
        let numel = bytes.len() / size;
        let mut bytes = Cow::from(&bytes[..numel * size]);
        if self.swap {
            byte_order::swap(bytes.to_mut(), dtype);
        }
        let tensor = Tensor::from_bytes(dtype, [numel], &bytes);
        self.storages.insert((&storage.key, dtype), (tensor.clone(), expected));
        Ok(tensor)
    }

    fn charge(&mut self, bytes: usize) -> Result<(), ErrorKind> {
        let path = &self.path;
        self.objects.charge(bytes as u64, || format!("the object{}", place(path)))
    }

    fn unsupported(&self, what: &str) -> ErrorKind {
        ErrorKind::unsupported(format!("{what}{}", place(&self.path)))
    }
}

/// ` at ['model']['weight']`, as one would write it in Python.
fn place(path: &[String]) -> String {
    if path.is_empty() {
        return String::new();
    }
    path.iter().fold(" at ".to_owned(), |text, key| text + "[" + key + "]")
}

fn name(key: &Node<'_>) -> String {
    match key {
        Node::Str(text) if text.len() <= 200 => format!("'{}'", text.escape_debug()),
        Node::Int(x) => x.to_string(),
        other => other.kind().to_owned(),
    }
}
