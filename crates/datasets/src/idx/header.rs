use std::io::{self, Read, Write};

use byteorder::{BigEndian, ReadBytesExt, WriteBytesExt};
use tensor::DType;

use crate::{Error, Result};

/// The element types and their codes.
const CODES: [(u8, DType); 6] = [
    (0x08, DType::U8),
    (0x09, DType::I8),
    (0x0b, DType::I16),
    (0x0c, DType::I32),
    (0x0d, DType::F32),
    (0x0e, DType::F64),
];

/// Bytes decoded or encoded at a time, a whole number of elements.
pub(super) const CHUNK: usize = 1 << 16;

/// Turns this machine's elements into big-endian ones, or these into this machine's.
pub(super) fn big_endian(bytes: &mut [u8], dtype: DType) {
    if cfg!(target_endian = "little") && dtype.size_in_bytes() > 1 {
        formats::byte_order::swap(bytes, dtype.size_in_bytes());
    }
}

/// The bytes before the elements.
pub(super) struct Header {
    pub(super) dtype: DType,
    pub(super) shape: Vec<usize>,
}

impl Header {
    /// Length in the file.
    pub(super) fn len(&self) -> u64 {
        4 + 4 * self.shape.len() as u64
    }

    /// Reads and checks all that can be checked without the elements. `file` is for the message.
    pub(super) fn read(from: &mut impl Read, file: &str) -> Result<Header> {
        let mut found = Vec::new();
        let failed = |source| Error::Io { file: file.to_string(), source };
        let truncated = |found: &[u8]| {
            let dimensions = found.get(3).copied().unwrap_or(1);
            let expected = 4 + 4 * u64::from(dimensions);
            Error::Truncated { file: file.to_string(), expected, found: found.len() as u64 }
        };
        take(from, 4, &mut found).map_err(failed)?;
        let &[a, b, code, dimensions] = found.as_slice() else { return Err(truncated(&found)) };
        if [a, b] != [0, 0] {
            // As much again as it takes to say what it is instead.
            take(from, 508, &mut found).map_err(failed)?;
            let found = formats::describe(&found);
            return Err(Error::NotIdx { file: file.to_string(), magic: [a, b, code, dimensions], found });
        }
        let Some((_, dtype)) = CODES.into_iter().find(|&(known, _)| known == code) else {
            return Err(Error::UnknownElementType { file: file.to_string(), code });
        };
        if dimensions == 0 {
            return Err(Error::NoDimensions { file: file.to_string() });
        }
        let header_len = 4 + 4 * usize::from(dimensions);
        take(from, header_len - 4, &mut found).map_err(failed)?;
        if found.len() < header_len {
            return Err(truncated(&found));
        }
        let mut sizes = &found[4..];
        let shape = std::iter::from_fn(|| sizes.read_u32::<BigEndian>().ok()).map(|n| n as usize).collect();
        let header = Header { dtype, shape };
        header.data_len().ok_or_else(|| header.too_large(file))?;
        Ok(header)
    }

    /// Writes the header of a tensor, if IDX can hold it.
    pub(super) fn write(&self, to: &mut impl Write, file: &str) -> Result<()> {
        let Some((code, _)) = CODES.into_iter().find(|&(_, known)| known == self.dtype) else {
            return Err(Error::Unwritable { file: file.to_string(), dtype: self.dtype });
        };
        let unwritable = || Error::UnwritableShape { file: file.to_string(), shape: self.shape.clone() };
        let dimensions = u8::try_from(self.shape.len()).ok().filter(|&n| n > 0).ok_or_else(unwritable)?;
        let mut bytes = vec![0, 0, code, dimensions];
        for &n in &self.shape {
            let n = u32::try_from(n).map_err(|_| unwritable())?;
            bytes.write_u32::<BigEndian>(n).expect("a Vec takes every write");
        }
        to.write_all(&bytes).map_err(|source| Error::Io { file: file.to_string(), source })
    }

    /// Bytes of all elements. None on overflow, which a size of 0 must not hide.
    pub(super) fn data_len(&self) -> Option<usize> {
        Some(formats::numel(&self.shape)? * self.dtype.size_in_bytes())
    }

    pub(super) fn too_large(&self, file: &str) -> Error {
        Error::TooLarge { file: file.to_string(), shape: self.shape.clone() }
    }
}

/// Appends up to `n` bytes; a gzip stream that is cut off ends there like any other file.
fn take(from: &mut impl Read, n: usize, to: &mut Vec<u8>) -> io::Result<()> {
    match from.take(n as u64).read_to_end(to) {
        Err(e) if e.kind() != io::ErrorKind::UnexpectedEof => Err(e),
        _ => Ok(()),
    }
}
