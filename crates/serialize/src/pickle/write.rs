use super::global::{dtype_name, storage_name};
use super::opcode::*;
use crate::shared::Shared;
use crate::{ErrorKind, MAX_DEPTH};
use nn::Value;
use tensor::Tensor;

/// A value as a protocol 2 pickle, and the tensors whose data goes into the records `0`, `1`, … beside
/// it.
pub(crate) struct Pickled {
    pub(crate) bytes: Vec<u8>,
    pub(crate) tensors: Vec<Tensor>,
}

/// What `pickle.dumps(value, protocol=2)` means, in `torch.save`'s terms. Nothing is memoised, which Python
/// does not mind; what torch shares is the record of a tensor's numbers.
pub(crate) fn write(value: &Value) -> Result<Pickled, ErrorKind> {
    let mut pickler = Pickled { bytes: vec![PROTO, 2], tensors: Vec::new() };
    pickler.value(value, 0)?;
    pickler.bytes.push(STOP);
    Ok(pickler)
}

impl Pickled {
    fn value(&mut self, value: &Value, depth: usize) -> Result<(), ErrorKind> {
        if depth > MAX_DEPTH {
            return Err(ErrorKind::unsupported(format!("a value nested more than {MAX_DEPTH} deep")));
        }
        match value {
            Value::None => self.bytes.push(NONE),
            Value::Bool(true) => self.bytes.push(NEWTRUE),
            Value::Bool(false) => self.bytes.push(NEWFALSE),
            Value::Int(x) => self.int(*x),
            Value::Float(x) => {
                self.bytes.push(BINFLOAT);
                self.bytes.extend(x.to_be_bytes());
            }
            Value::Str(text) if u32::try_from(text.len()).is_err() => {
                return Err(ErrorKind::unsupported("a text of 4 GB or more"));
            }
            Value::Str(text) => self.string(text),
            Value::List(items) => {
                self.bytes.extend([EMPTY_LIST, MARK]);
                for item in items {
                    self.value(item, depth + 1)?;
                }
                self.bytes.push(APPENDS);
            }
            Value::Tuple(items) => {
                self.bytes.push(MARK);
                for item in items {
                    self.value(item, depth + 1)?;
                }
                self.bytes.push(TUPLE);
            }
            Value::Dict(items) => {
                self.bytes.extend([EMPTY_DICT, MARK]);
                let mut shared = Shared::default();
                for (key, value) in items {
                    if !hashable(key) {
                        return Err(ErrorKind::unsupported(format!("{} as a key", key.type_name())));
                    }
                    self.value(key, depth + 1)?;
                    match value {
                        Value::Tensor(tensor) => {
                            let record = shared.number(tensor, self.tensors.len());
                            self.tensor(tensor, record);
                        }
                        _ => self.value(value, depth + 1)?,
                    }
                }
                self.bytes.push(SETITEMS);
            }
            Value::Tensor(tensor) => self.tensor(tensor, self.tensors.len()),
        }
        Ok(())
    }

    /// The shortest instruction that holds `x`.
    fn int(&mut self, x: i64) {
        if let Ok(x) = u8::try_from(x) {
            self.bytes.extend([BININT1, x]);
        } else if let Ok(x) = u16::try_from(x) {
            self.bytes.push(BININT2);
            self.bytes.extend(x.to_le_bytes());
        } else if let Ok(x) = i32::try_from(x) {
            self.bytes.push(BININT);
            self.bytes.extend(x.to_le_bytes());
        } else {
            self.bytes.extend([LONG1, 8]);
            self.bytes.extend(x.to_le_bytes());
        }
    }

    /// The caller has seen to it that the length fits.
    fn string(&mut self, text: &str) {
        self.bytes.push(BINUNICODE);
        self.bytes.extend((text.len() as u32).to_le_bytes());
        self.bytes.extend(text.as_bytes());
    }

    fn global(&mut self, module: &str, name: &str) {
        self.bytes.extend(format!("{}{module}\n{name}\n", char::from(GLOBAL)).bytes());
    }

    fn sizes(&mut self, sizes: impl IntoIterator<Item = usize>) {
        self.bytes.push(MARK);
        for size in sizes {
            self.int(size as i64);
        }
        self.bytes.push(TUPLE);
    }

    /// `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)`, contiguous and the whole of
    /// the storage `record`, a new one or one before. The unsigned types have no storage class and need the
    /// third version.
    fn tensor(&mut self, tensor: &Tensor, record: usize) {
        let dtype = tensor.dtype();
        let typed = storage_name(dtype);
        let (version, module, class, numel) = match typed {
            Some(class) => ("_rebuild_tensor_v2", "torch", class, tensor.numel()),
            None => {
                let bytes = tensor.numel() * dtype.size_in_bytes();
                ("_rebuild_tensor_v3", "torch.storage", "UntypedStorage", bytes)
            }
        };
        self.global("torch._utils", version);
        self.bytes.extend([MARK, MARK]);
        self.string("storage");
        self.global(module, class);
        self.string(&record.to_string());
        self.string("cpu");
        self.int(numel as i64);
        self.bytes.extend([TUPLE, BINPERSID]);
        self.int(0);
        self.sizes(tensor.shape().iter().copied());
        self.sizes(row_major(tensor.shape()));
        self.bytes.push(NEWFALSE);
        self.global("collections", "OrderedDict");
        self.bytes.extend([EMPTY_TUPLE, REDUCE]);
        if typed.is_none() {
            self.global("torch", dtype_name(dtype));
        }
        self.bytes.extend([TUPLE, REDUCE]);
        if record == self.tensors.len() {
            self.tensors.push(tensor.clone());
        }
    }
}

/// Whether Python would take it as a key and find it again.
fn hashable(key: &Value) -> bool {
    match key {
        Value::Tuple(items) => items.iter().all(hashable),
        Value::List(_) | Value::Dict(_) | Value::Tensor(_) => false,
        _ => true,
    }
}

/// Torch's strides of a contiguous tensor.
fn row_major(shape: &[usize]) -> Vec<usize> {
    let mut strides = vec![1; shape.len()];
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = strides[axis] * shape[axis].max(1);
    }
    strides
}
