use super::global::storage_class;
use super::opcode::*;
use crate::Error;

/// Writes one object as `pickle.dumps(object, protocol=2)` means it, a tensor in `torch.save`'s terms.
/// Nothing is memoised, which Python does not mind; what torch shares is the record of a tensor's numbers.
///
/// A list, tuple or dictionary is opened, its parts are written (of a dictionary each key and its value
/// behind it), and it is closed.
pub struct Writer {
    bytes: Vec<u8>,
}

impl Default for Writer {
    fn default() -> Self {
        Writer::new()
    }
}

#[allow(missing_docs)] // Python's types have the names that the methods have
impl Writer {
    /// A pickle without its object yet.
    pub fn new() -> Self {
        Writer { bytes: vec![PROTO, 2] }
    }

    /// The whole pickle.
    pub fn finish(mut self) -> Vec<u8> {
        self.bytes.push(STOP);
        self.bytes
    }

    pub fn none(&mut self) {
        self.bytes.push(NONE);
    }

    pub fn bool(&mut self, x: bool) {
        self.bytes.push(if x { NEWTRUE } else { NEWFALSE });
    }

    /// The shortest instruction that holds `x`.
    pub fn int(&mut self, x: i64) {
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

    pub fn float(&mut self, x: f64) {
        self.bytes.push(BINFLOAT);
        self.bytes.extend(x.to_be_bytes());
    }

    /// # Errors
    /// If it has 4 GB or more.
    pub fn text(&mut self, text: &str) -> Result<(), Error> {
        let Ok(len) = u32::try_from(text.len()) else {
            return Err(Error::unsupported("a text of 4 GB or more"));
        };
        self.bytes.push(BINUNICODE);
        self.bytes.extend(len.to_le_bytes());
        self.bytes.extend(text.as_bytes());
        Ok(())
    }

    pub fn open_list(&mut self) {
        self.bytes.extend([EMPTY_LIST, MARK]);
    }

    pub fn close_list(&mut self) {
        self.bytes.push(APPENDS);
    }

    pub fn open_tuple(&mut self) {
        self.bytes.push(MARK);
    }

    pub fn close_tuple(&mut self) {
        self.bytes.push(TUPLE);
    }

    pub fn open_dict(&mut self) {
        self.bytes.extend([EMPTY_DICT, MARK]);
    }

    pub fn close_dict(&mut self) {
        self.bytes.push(SETITEMS);
    }

    /// A contiguous tensor that is the whole of the storage `record`:
    /// `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)`. `dtype` is torch's name;
    /// those without a storage class need the
    /// third version.
    pub fn tensor(&mut self, dtype: &str, size_in_bytes: usize, shape: &[usize], record: usize) {
        let numel = shape.iter().product::<usize>();
        let typed = storage_class(dtype);
        let (version, module, class, numel) = match typed {
            Some(class) => ("_rebuild_tensor_v2", "torch", class, numel),
            None => ("_rebuild_tensor_v3", "torch.storage", "UntypedStorage", numel * size_in_bytes),
        };
        self.global("torch._utils", version);
        self.bytes.extend([MARK, MARK]);
        self.short_text("storage");
        self.global(module, class);
        self.short_text(&record.to_string());
        self.short_text("cpu");
        self.int(numel as i64);
        self.bytes.extend([TUPLE, BINPERSID]);
        self.int(0);
        self.sizes(shape);
        self.sizes(&row_major(shape));
        self.bytes.push(NEWFALSE);
        self.global("collections", "OrderedDict");
        self.bytes.extend([EMPTY_TUPLE, REDUCE]);
        if typed.is_none() {
            self.global("torch", dtype);
        }
        self.bytes.extend([TUPLE, REDUCE]);
    }

    fn short_text(&mut self, text: &str) {
        self.text(text).expect("a few letters");
    }

    fn global(&mut self, module: &str, name: &str) {
        self.bytes.extend(format!("{}{module}\n{name}\n", char::from(GLOBAL)).bytes());
    }

    fn sizes(&mut self, sizes: &[usize]) {
        self.open_tuple();
        sizes.iter().for_each(|&size| self.int(size as i64));
        self.close_tuple();
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
