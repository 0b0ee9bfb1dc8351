use super::manifest::{Entry, Manifest};
use super::{ALIGNMENT, FORMAT, HEADER, MAGIC, VERSION, malformed, value};
use crate::{Contents, ErrorKind, elements};
use formats::{Cursor, verify};
use tensor::Tensor;

pub(super) fn read(bytes: &[u8]) -> Result<Contents, ErrorKind> {
    let header = Header::read(bytes)?;
    let manifest = &bytes[HEADER..header.data];
    verify(|| "the manifest".into(), manifest, header.manifest_crc)?;
    let manifest = Manifest::from_bytes(manifest)?;

    let mut at = header.data;
    let mut tensors = Vec::with_capacity(manifest.tensors.0.len());
    for entry in &manifest.tensors.0 {
        let (tensor, end) = read_tensor(bytes, at, entry)?;
        tensors.push((entry.name, tensor));
        at = end;
    }
    if at != bytes.len() {
        return Err(malformed(format!("{} bytes follow the last tensor", bytes.len() - at)));
    }
    let metadata = manifest.metadata.0.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
    let value = match manifest.value {
        Some(nodes) => value::unflatten(&nodes.0, &tensors)?,
        None => value::state_dict(tensors)?,
    };
    Contents::new(manifest.architecture, metadata, value)
}

struct Header {
    manifest_crc: u32,
    /// Where the manifest ends.
    data: usize,
}

impl Header {
    fn read(bytes: &[u8]) -> Result<Self, ErrorKind> {
        if !bytes.starts_with(&MAGIC) {
            return Err(malformed(format!(
                "expected it to begin with {MAGIC:02x?}, found {}",
                formats::describe(bytes)
            )));
        }
        let mut cursor = Cursor::new(bytes, FORMAT);
        let header = cursor.take(HEADER)?;
        let mut fields = Cursor::new(&header[MAGIC.len()..], FORMAT);
        // The version first: a later one may lay out the rest differently.
        let version = fields.u32()?;
        let manifest_crc = fields.u32()?;
        let (manifest_len, file_len) = (fields.u64()?, fields.u64()?);
        fields.take(HEADER - 32 - 4)?;
        verify(|| "the header".into(), &header[..HEADER - 4], fields.u32()?)?;
        if version != VERSION {
            return Err(ErrorKind::unsupported(format!(
                "container version {version} (this program reads version {VERSION})"
            )));
        }
        if file_len != bytes.len() as u64 {
            return Err(malformed(format!(
                "cut short or added to: expected {file_len} bytes, found {}",
                bytes.len()
            )));
        }
        cursor.take_u64(manifest_len)?;
        Ok(Header { manifest_crc, data: cursor.at() })
    }
}

/// A tensor that must start at the first aligned place from `at` on, and where it ends.
fn read_tensor(bytes: &[u8], at: usize, entry: &Entry<'_>) -> Result<(Tensor, usize), ErrorKind> {
    let name = entry.name.escape_debug();
    let dtype = elements::dtype(entry.dtype)
        .ok_or_else(|| ErrorKind::unsupported(format!("tensor `{name}` of dtype `{}`", entry.dtype)))?;
    let sizes: Vec<usize> =
        entry.shape.0.iter().map(|&size| usize::try_from(size).unwrap_or(usize::MAX)).collect();
    let Some(len) = elements::bytes_of(dtype, &sizes) else {
        return Err(malformed(format!("tensor `{name}` of shape {sizes:?} is larger than memory")));
    };
    let start = (at as u64).next_multiple_of(ALIGNMENT);
    if entry.offset != start {
        return Err(malformed(format!(
            "tensor `{name}` lies at {}, expected at {start}, behind the one before",
            entry.offset
        )));
    }
    let mut cursor = Cursor::starting(bytes, start, FORMAT)?;
    if bytes[at..cursor.at()].iter().any(|&byte| byte != 0) {
        return Err(malformed(format!("the padding before tensor `{name}` is not zero")));
    }
    let data = cursor.take(len)?;
    verify(|| format!("tensor `{name}`"), data, entry.crc)?;
    Ok((elements::from_little_endian(dtype, &sizes, data), cursor.at()))
}
