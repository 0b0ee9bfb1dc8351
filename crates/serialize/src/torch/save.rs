use crate::elements::{Shared, little_endian};
use formats::pickle::Writer;
use formats::{Error, failing, zip};
use nn::Value;
use std::io::Write;
use tensor::Tensor;

pub(super) fn write(value: &Value, prefix: &str, out: &mut dyn Write) -> Result<(), Error> {
    let mut pickler = Pickler { pickle: Writer::new(), tensors: Vec::new() };
    pickler.value(value, 0)?;
    let Pickler { pickle, tensors } = pickler;
    let mut zip = zip::Writer::new(out);
    let records = || {
        zip.add(&format!("{prefix}/data.pkl"), &pickle.finish())?;
        zip.add(&format!("{prefix}/.format_version"), b"1")?;
        zip.add(&format!("{prefix}/.storage_alignment"), b"64")?;
        zip.add(&format!("{prefix}/byteorder"), b"little")?;
        for (key, tensor) in tensors.iter().enumerate() {
            zip.add(&format!("{prefix}/data/{key}"), &little_endian(tensor))?;
        }
        zip.add(&format!("{prefix}/version"), b"3\n")?;
        zip.finish().map(drop)
    };
    records().map_err(failing("write"))
}

/// A value as a pickle, and the tensors whose data goes into the records `0`, `1`, … beside it.
struct Pickler<'a> {
    pickle: Writer,
    tensors: Vec<&'a Tensor>,
}

impl<'a> Pickler<'a> {
    fn value(&mut self, value: &'a Value, depth: usize) -> Result<(), Error> {
        if depth > Value::MAX_DEPTH {
            return Err(Error::unsupported(format!("a value nested more than {} deep", Value::MAX_DEPTH)));
        }
        match value {
            Value::None => self.pickle.none(),
            Value::Bool(x) => self.pickle.bool(*x),
            Value::Int(x) => self.pickle.int(*x),
            Value::Float(x) => self.pickle.float(*x),
            Value::Str(text) => self.pickle.text(text)?,
            Value::List(items) => {
                self.pickle.open_list();
                items.iter().try_for_each(|item| self.value(item, depth + 1))?;
                self.pickle.close_list();
            }
            Value::Tuple(items) => {
                self.pickle.open_tuple();
                items.iter().try_for_each(|item| self.value(item, depth + 1))?;
                self.pickle.close_tuple();
            }
            Value::Dict(items) => {
                self.pickle.open_dict();
                let mut shared = Shared::default();
                for (key, value) in items {
                    if !hashable(key) {
                        return Err(Error::unsupported(format!("{} as a key", key.type_name())));
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
                self.pickle.close_dict();
            }
            Value::Tensor(tensor) => self.tensor(tensor, self.tensors.len()),
        }
        Ok(())
    }

    /// A tensor with its numbers in the record `record`, a new one or one before.
    fn tensor(&mut self, tensor: &'a Tensor, record: usize) {
        let dtype = tensor.dtype();
        self.pickle.tensor(dtype.name(), dtype.size_in_bytes(), tensor.shape(), record);
        if record == self.tensors.len() {
            self.tensors.push(tensor);
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
