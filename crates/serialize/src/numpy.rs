//! NumPy's files: arrays under names (`.npz`), which are a state dict, and one array (`.npy`).

use crate::codec::Codec;
use crate::container::as_state_dict;
use crate::contents::summary;
use crate::elements::{bytes_of, from_array, little_endian};
use crate::{Contents, ErrorKind, Unreadable};
use formats::zip::{Archive, Writer};
use formats::{Budget, Cursor, Error, byte_order, failing};
use nn::Value;
use std::io::Write;
use tensor::{DType, Tensor};

const FORMAT: &str = "NumPy file";

/// How an array begins.
const MAGIC: [u8; 6] = *b"\x93NUMPY";

/// How the name of an archive's record ends if it is an array.
const ARRAY: &str = ".npy";

/// NumPy's names of the dtypes, without the byte order.
const DTYPES: [(&str, DType); 12] = [
    ("f4", DType::F32),
    ("f8", DType::F64),
    ("f2", DType::F16),
    ("i8", DType::I64),
    ("i4", DType::I32),
    ("i2", DType::I16),
    ("i1", DType::I8),
    ("u8", DType::U64),
    ("u4", DType::U32),
    ("u2", DType::U16),
    ("u1", DType::U8),
    ("b1", DType::Bool),
];

pub(crate) struct Numpy;

impl Codec for Numpy {
    fn name(&self) -> &'static str {
        FORMAT
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["npz", "npy"]
    }

    /// An array, or an archive whose first record is one.
    fn recognises(&self, bytes: &[u8]) -> bool {
        let first_record = || {
            let len = u16::from_le_bytes(bytes.get(26..28)?.try_into().ok()?);
            bytes.strip_prefix(b"PK\x03\x04")?.get(26..26 + usize::from(len))
        };
        bytes.starts_with(&MAGIC) || first_record().is_some_and(|name| name.ends_with(ARRAY.as_bytes()))
    }

    fn keeps_metadata(&self) -> bool {
        false
    }

    fn read(&self, bytes: &[u8]) -> Result<Contents, ErrorKind> {
        if bytes.starts_with(&MAGIC) {
            return Ok(Value::Tensor(array(bytes)?).into());
        }
        if !bytes.starts_with(b"PK") {
            let found = formats::describe(bytes);
            return Err(malformed(format!("expected an array or a zip archive, found {found}")).into());
        }
        Ok(archive(bytes)?)
    }

    /// A state dict as an archive, a tensor as an array, whatever the name.
    fn write(&self, contents: &Contents, _: &str, out: &mut dyn Write) -> Result<(), ErrorKind> {
        let refused = |found: String| {
            ErrorKind::contents(
                "a state dict or a tensor: NumPy's files hold arrays and nothing else (.pth and the native \
                 container hold any checkpoint)",
                found,
            )
        };
        if contents.architecture.is_some() {
            return Err(refused("a whole model; its state dict can be saved".into()));
        }
        if let Value::Tensor(tensor) = &contents.value {
            return Ok(out.write_all(&to_bytes("", tensor)?).map_err(failing("write"))?);
        }
        let named = as_state_dict(&contents.value).ok_or_else(|| refused(summary(&contents.value)))?;
        let mut zip = Writer::new(out);
        for (name, tensor) in named {
            zip.add(&format!("{name}{ARRAY}"), &to_bytes(name, tensor)?).map_err(failing("write"))?;
        }
        zip.finish().map_err(failing("write"))?;
        Ok(())
    }
}

/// The arrays of an archive under their names. Other records, and arrays without counterpart here, are left
/// out.
fn archive(bytes: &[u8]) -> Result<Contents, Error> {
    let archive = Archive::open(bytes)?;
    let mut budget = Budget::for_file(bytes);
    let (mut entries, mut left_out) = (Vec::new(), Vec::new());
    for entry in archive.entries() {
        let (name, array) = match entry.name.strip_suffix(ARRAY) {
            Some(name) => {
                let bytes = archive.read(entry, &mut budget)?;
                budget.charge(bytes.len() as u64 + 64, || format!("array `{name}`"))?;
                (name, array(&bytes))
            }
            None => (entry.name, Err(Error::unsupported("a record that is no array"))),
        };
        match array {
            Ok(tensor) => entries.push((name, Value::Tensor(tensor))),
            Err(Error::Unsupported { what }) => {
                left_out.push(Unreadable::at(&[format!("'{}'", name.escape_debug())], what));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(Contents { left_out, ..Value::dict(entries).into() })
}

/// An array: the magic bytes, a version, the length of a header, the header, which is a Python dictionary in
/// text, and the elements.
fn array(bytes: &[u8]) -> Result<Tensor, Error> {
    let mut cursor = Cursor::new(bytes, FORMAT);
    cursor.take(MAGIC.len())?;
    let (major, minor) = (cursor.u8()?, cursor.u8()?);
    let len = match major {
        1 => u32::from(cursor.u16()?),
        2 | 3 => cursor.u32()?,
        _ => return Err(Error::unsupported(format!("an array of version {major}.{minor}"))),
    };
    let header = String::from_utf8_lossy(cursor.take(len as usize)?);
    let wrong = || malformed(format!("the header of an array is {:?}", header.trim_end()));
    let header: Value = header.parse().map_err(|_| wrong())?;
    let (descr, order, shape) = (header.get("descr"), header.get("fortran_order"), header.get("shape"));
    let (Some(descr), Some(&Value::Bool(fortran)), Some(Value::Tuple(shape))) = (descr, order, shape) else {
        return Err(wrong());
    };
    let Some(descr) = descr.as_str() else { return Err(Error::unsupported("an array of records")) };
    let dtype = DTYPES.iter().find(|(name, _)| descr.get(1..) == Some(name));
    let (big_endian, dtype) = match (descr.get(..1), dtype) {
        (Some("<" | "|"), Some((_, dtype))) => (false, *dtype),
        (Some(">"), Some((_, dtype))) => (true, *dtype),
        _ if descr.starts_with("|O") => return Err(Error::unsupported("an array of pickled Python objects")),
        _ => return Err(Error::unsupported(format!("an array of dtype `{}`", descr.escape_debug()))),
    };
    let sizes = shape.iter().map(|size| usize::try_from(size.as_int()?).ok());
    let shape: Vec<usize> = sizes.collect::<Option<_>>().ok_or_else(wrong)?;
    let Some(expected) = bytes_of(dtype, &shape) else {
        return Err(malformed(format!("an array of shape {shape:?} is larger than memory")));
    };
    if cursor.left() != expected {
        let found = cursor.left();
        return Err(malformed(format!(
            "an array of shape {shape:?} should have {expected} bytes, found {found}"
        )));
    }
    let mut data = std::borrow::Cow::from(cursor.take(expected)?);
    if big_endian {
        byte_order::swap(data.to_mut(), dtype.size_in_bytes());
    }
    Ok(from_array(dtype, &shape, fortran, &data))
}

/// As `numpy.save` writes it, byte for byte.
fn to_bytes(name: &str, tensor: &Tensor) -> Result<Vec<u8>, Error> {
    let dtype = tensor.dtype();
    let Some((kind, _)) = DTYPES.iter().find(|(_, ours)| *ours == dtype) else {
        let name = name.escape_debug();
        return Err(Error::unsupported(format!("tensor `{name}` of {dtype}, which NumPy does not have")));
    };
    let order = if dtype.size_in_bytes() == 1 { '|' } else { '<' };
    let sizes: Vec<_> = tensor.shape().iter().map(ToString::to_string).collect();
    let comma = if sizes.len() == 1 { "," } else { "" };
    let shape = format!("({}{comma})", sizes.join(", "));
    let mut header = format!("{{'descr': '{order}{kind}', 'fortran_order': False, 'shape': {shape}, }}");
    // NumPy leaves room for a first size of 21 digits, so that an array can grow in its file.
    let room = sizes.first().map_or(0, |size| 21 - size.len());
    header.extend(std::iter::repeat_n(' ', room));
    let before = MAGIC.len() + 4;
    let padded = (before + header.len() + 2).next_multiple_of(64) - before;
    let mut bytes = [&MAGIC[..], &[1, 0], &(padded as u16).to_le_bytes()].concat();
    bytes.extend(format!("{header:width$}\n", width = padded - 1).bytes());
    bytes.extend(&*little_endian(tensor));
    Ok(bytes)
}

fn malformed(what: impl Into<String>) -> Error {
    Error::malformed(FORMAT, what)
}
