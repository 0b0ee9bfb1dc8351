//! From the objects of a pickle and the storages beside it to a [`Value`].

use super::malformed;
use crate::contents::place;
use crate::{Unreadable, elements};
use formats::pickle::{Array, Element, Id, Node, Opaque, Pickle, Storage, Strided};
use formats::{Budget, Error, byte_order};
use nn::Value;
use std::borrow::Cow;
use std::collections::HashMap;
use tensor::{DType, Tensor};

/// The value of the pickle's root, and what had to be left out of it. `data` finds the bytes of a storage by
/// its key.
pub(super) fn to_value<'d>(
    pickle: &Pickle<'_>,
    big_endian: bool,
    budget: &mut Budget,
    data: impl FnMut(&str, &mut Budget) -> Result<Cow<'d, [u8]>, Error>,
) -> Result<(Value, Vec<Unreadable>), Error> {
    let mut converter = Converter {
        pickle,
        big_endian,
        budget,
        objects: Budget::for_objects(pickle.size_in_bytes()),
        repeats: Budget::for_repeats(),
        data,
        storages: HashMap::new(),
        path: Vec::new(),
        open: Vec::new(),
        left_out: Vec::new(),
    };
    let value = converter.node(pickle.root_id())?;
    Ok((value, converter.left_out))
}

struct Converter<'p, 'a, F> {
    pickle: &'p Pickle<'a>,
    big_endian: bool,
    /// For what is read from other records.
    budget: &'p mut Budget,
    /// For objects: one may stand in many places, and is a value of its own in each.
    objects: Budget,
    /// For elements that a tensor repeats.
    repeats: Budget,
    data: F,
    /// Storages as tensors of one axis, with their bytes, and their negatives where a view needs them; what
    /// views share stays shared.
    storages: HashMap<(&'p str, DType, bool), (Tensor, usize)>,
    /// Keys from the root to here, for messages.
    path: Vec<String>,
    /// The objects on the way from the root to here.
    open: Vec<Id>,
    left_out: Vec<Unreadable>,
}

impl<'p, 'a, 'd, F> Converter<'p, 'a, F>
where
    F: FnMut(&str, &mut Budget) -> Result<Cow<'d, [u8]>, Error>,
{
    fn node(&mut self, id: Id) -> Result<Value, Error> {
        let node = self.pickle.node(id);
        if let Node::List(_) | Node::Tuple(_) | Node::Set(_) | Node::Dict(_) = node
            && self.open.contains(&id)
        {
            return Err(unsupported(format!("{} that holds itself", node.kind())));
        }
        self.open.push(id);
        let value = self.value(node);
        self.open.pop();
        value
    }

    fn value(&mut self, node: &'p Node<'a>) -> Result<Value, Error> {
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
            Node::List(items) | Node::Set(items) => Value::List(self.items(items)?),
            Node::Tuple(items) => Value::Tuple(self.items(items)?),
            Node::Dict(items) => self.dict(items)?,
            Node::Tensor(tensor) => Value::Tensor(self.tensor(tensor)?),
            Node::Storage(storage) => Value::Tensor(self.bare_storage(storage)?),
            Node::Array(array) => Value::Tensor(self.array(array)?),
            Node::Long(bytes) => {
                let digits = decimal(bytes)?;
                self.charge(digits.len())?;
                Value::Str(digits)
            }
            Node::Dtype(element) => match element.name() {
                Some(name) => Value::Str(format!("torch.{name}")),
                None => return Err(unsupported("a class or function as a value")),
            },
            Node::Global(_) => return Err(unsupported("a class or function as a value")),
            Node::Opaque(Opaque::Unsupported(what)) => return Err(unsupported(&**what)),
            Node::Opaque(Opaque::Forbidden(name)) => return Err(Error::forbidden(name)),
        })
    }

    fn items(&mut self, items: &'p [Id]) -> Result<Vec<Value>, Error> {
        self.charge(items.len().saturating_mul(size_of::<Value>()))?;
        let mut values = Vec::with_capacity(items.len());
        for (index, &item) in items.iter().enumerate() {
            // `None` for what is left out, so that the others keep their places.
            values.push(self.child(item, || index.to_string())?.unwrap_or(Value::None));
        }
        Ok(values)
    }

    /// As in Python the last of several equal keys wins, at the place of the first.
    fn dict(&mut self, items: &'p [(Id, Id)]) -> Result<Value, Error> {
        let room = size_of::<(Value, Value)>() + 2 * size_of::<(Vec<u8>, usize)>();
        self.charge(items.len().saturating_mul(room))?;
        let mut entries: Vec<(Value, Value)> = Vec::with_capacity(items.len());
        let mut places: HashMap<Vec<u8>, usize> = HashMap::with_capacity(items.len());
        for &(key, value) in items {
            let node = self.pickle.node(key);
            let mut hash = Vec::new();
            match self.hash(key, 0, &mut hash) {
                Ok(()) => self.charge(hash.len())?,
                Err(Error::Unsupported { what }) => {
                    self.leave_out(what)?;
                    continue;
                }
                Err(error) => return Err(error),
            }
            let Some(value) = self.child(value, || name(node))? else { continue };
            match places.get(&hash) {
                Some(&place) => entries[place].1 = value,
                None => {
                    let Some(key) = self.child(key, || "a key".to_owned())? else { continue };
                    places.insert(hash, entries.len());
                    entries.push((key, value));
                }
            }
        }
        Ok(Value::Dict(entries))
    }

    /// A part of the object that is open; `None` if it is left out.
    fn child(&mut self, id: Id, name: impl FnOnce() -> String) -> Result<Option<Value>, Error> {
        self.path.push(name());
        let value = match self.path.len() > Value::MAX_DEPTH {
            true => Err(unsupported(format!("an object nested more than {} deep", Value::MAX_DEPTH))),
            false => self.node(id),
        };
        let value = match value {
            Ok(value) => Ok(Some(value)),
            Err(Error::Unsupported { what }) => self.leave_out(what).map(|()| None),
            Err(Error::ForbiddenGlobal { name, hint }) => {
                self.leave_out(format!("Python's `{name}` ({hint})")).map(|()| None)
            }
            Err(error) => Err(error),
        };
        self.path.pop();
        value
    }

    /// Notes that what lies here cannot be read.
    fn leave_out(&mut self, what: String) -> Result<(), Error> {
        let entry = Unreadable::at(&self.path, what);
        self.charge(entry.path.len() + entry.what.len() + 2 * size_of::<Unreadable>())?;
        self.left_out.push(entry);
        Ok(())
    }

    /// Bytes that are equal exactly for equal keys.
    fn hash(&mut self, key: Id, depth: usize, hash: &mut Vec<u8>) -> Result<(), Error> {
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
            Node::Long(bytes) => {
                self.charge(bytes.len())?;
                hash.push(b'L');
                hash.extend((bytes.len() as u64).to_le_bytes());
                hash.extend(*bytes);
            }
            Node::Tuple(items) if depth < Value::MAX_DEPTH => {
                hash.push(b'T');
                hash.extend((items.len() as u64).to_le_bytes());
                for &item in items {
                    self.hash(item, depth + 1, hash)?;
                }
            }
            other => return Err(unsupported(format!("{} as a key", other.kind()))),
        }
        Ok(())
    }

    fn tensor(&mut self, tensor: &'p Strided) -> Result<Tensor, Error> {
        let dtype = known(tensor.element, "a tensor")?;
        if tensor.negative && dtype == DType::Bool {
            return Err(unsupported("a tensor of booleans with its negative bit set"));
        }
        let Node::Storage(storage) = self.pickle.node(tensor.storage) else {
            unreachable!("the pickle reader puts a storage there");
        };
        self.charge(2 * size_of_val(&tensor.shape[..]))?;
        let start = storage.start * storage.element.size();
        if !start.is_multiple_of(dtype.size_in_bytes()) {
            return Err(unsupported("a view that begins between two elements"));
        }
        let offset = start / dtype.size_in_bytes() + tensor.offset;
        let whole = self.storage(storage, dtype, tensor.negative)?;
        let bytes = tensor.shape.iter().product::<usize>() * dtype.size_in_bytes();
        let repeated = bytes.saturating_sub(storage.numel * storage.element.size());
        let path = &self.path;
        self.repeats.charge(repeated as u64, || format!("the repeats of the tensor{}", at(path)))?;
        if tensor.shape.contains(&0) {
            return Ok(Tensor::from_bytes(dtype, &tensor.shape[..], &[]));
        }
        Ok(whole.as_strided(&tensor.shape[..], &tensor.strides[..], offset))
    }

    fn array(&mut self, array: &'p Array) -> Result<Tensor, Error> {
        let dtype = known(array.element, "an array")?;
        let data = self.pickle.array_data(array);
        self.charge(data.len() + 2 * size_of_val(&array.shape[..]) + 64)?;
        Ok(elements::from_array(dtype, &array.shape, array.columns_first, data))
    }

    /// A storage that no tensor looks into, as the tensor of all its elements.
    fn bare_storage(&mut self, storage: &'p Storage) -> Result<Tensor, Error> {
        let dtype = known(storage.element, "a storage")?;
        self.charge(128)?;
        let whole = self.storage(storage, dtype, false)?;
        Ok(match storage.len {
            0 => Tensor::from_bytes(dtype, [0], &[]),
            len => whole.as_strided([len], [1], storage.start),
        })
    }

    /// A whole storage as a tensor of one axis.
    fn storage(&mut self, storage: &'p Storage, dtype: DType, negative: bool) -> Result<Tensor, Error> {
        let expected = storage.numel * storage.element.size();
        let check = |len: usize| match len == expected {
            true => Ok(()),
            false => {
                Err(malformed(format!("storage `{}` should have {expected} bytes, found {len}", storage.key)))
            }
        };
        // The pickle may describe one storage twice, and differently.
        if let Some((tensor, len)) = self.storages.get(&(storage.key.as_str(), dtype, negative)) {
            return check(*len).map(|()| tensor.clone());
        }
        let bytes = (self.data)(&storage.key, self.budget)?;
        check(bytes.len())?;
        self.budget.charge(bytes.len() as u64 + 64, || format!("storage `{}`", storage.key))?;
        let size = dtype.size_in_bytes();
        let numel = bytes.len() / size;
        let mut bytes = Cow::from(&bytes[..numel * size]);
        if self.big_endian {
            byte_order::swap(bytes.to_mut(), size);
        }
        match negative {
            true if dtype.is_float() => byte_order::negate_floats(bytes.to_mut(), size),
            true => byte_order::negate_integers(bytes.to_mut(), size),
            false => {}
        }
        let tensor = elements::from_little_endian(dtype, &[numel], &bytes);
        self.storages.insert((&storage.key, dtype, negative), (tensor.clone(), expected));
        Ok(tensor)
    }

    fn charge(&mut self, bytes: usize) -> Result<(), Error> {
        let path = &self.path;
        self.objects.charge(bytes as u64, || format!("the object{}", at(path)))
    }
}

/// The dtype here of what is in a file.
fn known(element: Element, what: &str) -> Result<DType, Error> {
    match element {
        Element::Untyped => Ok(DType::U8),
        Element::Dtype { name, .. } => {
            elements::dtype(name).ok_or_else(|| unsupported(format!("{what} of dtype {name}")))
        }
    }
}

fn unsupported(what: impl Into<String>) -> Error {
    Error::unsupported(what)
}

/// ` at ['model']['weight']`.
fn at(path: &[String]) -> String {
    if path.is_empty() { String::new() } else { format!(" at {}", place(path)) }
}

fn name(key: &Node<'_>) -> String {
    match key {
        Node::Str(text) if text.len() <= 200 => format!("'{}'", text.escape_debug()),
        Node::Int(x) => x.to_string(),
        other => other.kind().to_owned(),
    }
}

/// The digits of a two's-complement integer, as long as torch itself reads any.
fn decimal(bytes: &[u8]) -> Result<String, Error> {
    if bytes.len() > 255 {
        return Err(unsupported(format!("an integer of {} bytes", bytes.len())));
    }
    let negative = bytes.last().is_some_and(|&top| top >= 0x80);
    let mut rest = bytes.to_vec();
    if negative {
        byte_order::negate_integers(&mut rest, bytes.len());
    }
    // The remainders of divisions by ten, last digit first.
    let mut digits = Vec::new();
    while let Some(&top) = rest.last() {
        if top == 0 {
            rest.pop();
            continue;
        }
        let mut remainder = 0_u16;
        for byte in rest.iter_mut().rev() {
            let value = remainder << 8 | u16::from(*byte);
            *byte = (value / 10) as u8;
            remainder = value % 10;
        }
        digits.push(b'0' + remainder as u8);
    }
    let sign = if negative { "-" } else { "" };
    Ok(sign.chars().chain(digits.iter().rev().map(|&digit| char::from(digit))).collect())
}
