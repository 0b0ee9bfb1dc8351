use crate::pickle;
use crate::zip::Writer;
use crate::{ErrorKind, byte_order};
use nn::Value;
use std::io::Write;

pub(super) fn write(value: &Value, prefix: &str, out: &mut impl Write) -> Result<(), ErrorKind> {
    let pickled = pickle::write(value)?;
    let mut zip = Writer::new(out);
    let mut records = || {
        zip.add(&format!("{prefix}/data.pkl"), &pickled.bytes)?;
        zip.add(&format!("{prefix}/.format_version"), b"1")?;
        zip.add(&format!("{prefix}/.storage_alignment"), b"64")?;
        zip.add(&format!("{prefix}/byteorder"), b"little")?;
        for (key, tensor) in pickled.tensors.iter().enumerate() {
            zip.add(&format!("{prefix}/data/{key}"), &byte_order::little_endian(tensor))?;
        }
        zip.add(&format!("{prefix}/version"), b"3\n")
    };
    records()
        .and_then(|()| zip.finish())
        .map(drop)
        .map_err(|source| ErrorKind::Io { action: "write", source })
}
