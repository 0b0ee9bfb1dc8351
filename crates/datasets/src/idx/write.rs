use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use tensor::Tensor;

use super::element::{Element, by_element};
use super::header::Header;
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
    fn data<T: Element>(x: &Tensor, to: &mut impl Write) -> io::Result<()> {
        let mut bytes = vec![0; 1 << 16];
        for x in x.contiguous().as_slice::<T>().chunks(bytes.len() / size_of::<T>()) {
            let bytes = &mut bytes[..size_of_val(x)];
            T::encode(x, bytes);
            to.write_all(bytes)?;
        }
        Ok(())
    }
    to.write_all(header)?;
    by_element!(x.dtype(), T => data::<T>(x, to), else unreachable!("the header took the dtype"))
}
