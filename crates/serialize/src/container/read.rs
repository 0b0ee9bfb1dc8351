use super::manifest::{Entry, List, Manifest, Node};
use super::{ALIGNMENT, FORMAT, HEADER, MAGIC, VERSION, malformed, value};
use crate::contents::architecture;
use crate::{Contents, ErrorKind, elements, version1};
use formats::{Cursor, verify};
use nn::Architecture;
use tensor::Tensor;

pub(super) fn read(bytes: &[u8]) -> Result<Contents, ErrorKind> {
    let header = Header::read(bytes)?;
    let manifest = &bytes[HEADER..header.data];
    verify(|| "the manifest".into(), manifest, header.manifest_crc)?;
    if header.version == 1 {
        return contents(bytes, header.data, Manifest::from_bytes(manifest)?, |json: &str| {
            version1::architecture(json).ok_or_else(|| malformed("the description of a model makes no sense"))
        });
    }
    contents(bytes, header.data, Manifest::from_bytes(manifest)?, |nodes: List<Node<'_>>| {
        Ok(architecture(&value::unflatten(&nodes.0, &[])?)?)
    })
}

/// The contents that the manifest describes, with the tensors that begin at `at`.
fn contents<A>(
    bytes: &[u8],
    mut at: usize,
    manifest: Manifest<'_, A>,
    architecture: impl FnOnce(A) -> Result<Architecture, ErrorKind>,
) -> Result<Contents, ErrorKind> {
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
    let architecture = manifest.architecture.map(architecture).transpose()?;
    Ok(Contents { architecture, metadata, ..value.into() })
}

struct Header {
    version: u32,
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
        if !(1..=VERSION).contains(&version) {
            return Err(ErrorKind::unsupported(format!(
                "container version {version} (this program reads versions 1 to {VERSION})"
            )));
        }
        if file_len != bytes.len() as u64 {
            return Err(malformed(format!(
                "cut short or added to: expected {file_len} bytes, found {}",
                bytes.len()
            )));
        }
        cursor.take_u64(manifest_len)?;
        Ok(Header { version, manifest_crc, data: cursor.at() })
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
