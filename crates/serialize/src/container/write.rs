use super::manifest::{Entry, List, Manifest};
use super::{ALIGNMENT, HEADER, MAGIC, VERSION, value};
use crate::elements::little_endian;
use crate::{Contents, ErrorKind};
use byteorder::{ByteOrder, LittleEndian};
use formats::failing;
use std::io::{self, Write};
use tensor::Tensor;

pub(super) fn write(contents: &Contents, out: &mut dyn Write) -> Result<(), ErrorKind> {
    let (named, value) = value::flatten(&contents.value)?;
    let architecture = contents.architecture_value()?;
    let mut manifest = Manifest {
        architecture: architecture.as_ref().map(value::nodes).transpose()?.map(List),
        metadata: List(contents.metadata.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect()),
        tensors: List(named.iter().map(|(name, tensor)| describe(name, tensor)).collect()),
        value: value.map(List),
    };
    // Offsets are variable-length integers: they move the data, which moves them, until they fit.
    let (bytes, end) = loop {
        let bytes = manifest.to_bytes();
        let end = place(&mut manifest, &named, bytes.len());
        let placed = manifest.to_bytes();
        if placed.len() == bytes.len() {
            break (placed, end);
        }
    };
    let mut header = [0; HEADER];
    header[..8].copy_from_slice(&MAGIC);
    LittleEndian::write_u32(&mut header[8..], VERSION);
    LittleEndian::write_u32(&mut header[12..], crc32fast::hash(&bytes));
    LittleEndian::write_u64(&mut header[16..], bytes.len() as u64);
    LittleEndian::write_u64(&mut header[24..], end);
    let crc = crc32fast::hash(&header[..HEADER - 4]);
    LittleEndian::write_u32(&mut header[HEADER - 4..], crc);

    let mut put = || -> io::Result<()> {
        out.write_all(&header)?;
        out.write_all(&bytes)?;
        let mut at = (HEADER + bytes.len()) as u64;
        for ((_, tensor), entry) in named.iter().zip(&manifest.tensors.0) {
            out.write_all(&[0; ALIGNMENT as usize][..(entry.offset - at) as usize])?;
            let data = little_endian(tensor);
            out.write_all(&data)?;
            at = entry.offset + data.len() as u64;
        }
        Ok(())
    };
    Ok(put().map_err(failing("write"))?)
}

fn describe<'a>(name: &'a str, tensor: &Tensor) -> Entry<'a> {
    Entry {
        name,
        dtype: tensor.dtype().name(),
        shape: List(tensor.shape().iter().map(|&size| size as u64).collect()),
        offset: 0,
        crc: crc32fast::hash(&little_endian(tensor)),
    }
}

/// Lays the tensors out behind a manifest of the given length and returns the file's length.
fn place<A>(manifest: &mut Manifest<'_, A>, tensors: &[(&str, &Tensor)], len: usize) -> u64 {
    let mut at = (HEADER + len) as u64;
    for (entry, (_, tensor)) in manifest.tensors.0.iter_mut().zip(tensors) {
        entry.offset = at.next_multiple_of(ALIGNMENT);
        at = entry.offset + (tensor.numel() * tensor.dtype().size_in_bytes()) as u64;
    }
    at
}
