use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use tensor::Tensor;

use super::header::{CHUNK, Header, big_endian};
use crate::{Error, Result};

/// Writes a tensor as an IDX file, gzipped if the name ends in `.gz`.
///
/// The file is written whole or not at all, by [`formats::write`].
///
/// # Errors
/// If the tensor's dtype is none of IDX's six or its shape does not fit the header, or writing fails.
pub fn write(path: impl AsRef<Path>, x: &Tensor) -> Result<()> {
    let path = path.as_ref();
    let name = path.display().to_string();
    let mut header = Vec::new();
    Header { dtype: x.dtype(), shape: x.shape().to_vec() }.write(&mut header, &name)?;
    let write = |out: &mut BufWriter<File>| -> io::Result<()> {
        if path.extension().is_some_and(|end| end == "gz") {
            let mut gz = GzEncoder::new(out, Compression::best());
            encode(&header, x, &mut gz)?;
            gz.finish().map(drop)
        } else {
            encode(&header, x, out)
        }
    };
    formats::write(path, |out| write(out).map_err(formats::failing("write")))
        .map_err(|failure| Error::Io { file: name, source: failure.into() })
}

fn encode(header: &[u8], x: &Tensor, to: &mut impl Write) -> io::Result<()> {
    to.write_all(header)?;
    for bytes in x.bytes().chunks(CHUNK) {
        let mut bytes = bytes.to_vec();
        big_endian(&mut bytes, x.dtype());
        to.write_all(&bytes)?;
    }
    Ok(())
}
