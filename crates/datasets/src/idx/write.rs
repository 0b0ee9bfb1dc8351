use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use tensor::Tensor;

use super::element::{Element, by_element};
use super::header::Header;
use crate::{Error, Result};

/// Writes a tensor as an IDX file, gzipped if the name ends in `.gz`.
///
/// The file is written under a temporary name, synced and renamed: whatever happens, `path` holds the old
/// file or the whole new one.
///
/// # Errors
/// If the tensor's dtype is none of IDX's six or its shape does not fit the header, or writing fails.
pub fn write(path: impl AsRef<Path>, x: &Tensor) -> Result<()> {
    let path = path.as_ref();
    let name = path.display().to_string();
    let failed = |source| Error::Io { file: name.clone(), source };
    let header = Header { dtype: x.dtype(), shape: x.shape().to_vec() };
    header.write(&mut io::sink(), &name)?;

    let mut partial = path.as_os_str().to_owned();
    partial.push(format!(".{}.tmp", std::process::id()));
    let written = (|| {
        let mut file = File::create(&partial).map_err(failed)?;
        if path.extension().is_some_and(|end| end == "gz") {
            let mut gz = GzEncoder::new(file, Compression::best());
            encode(&header, x, &mut gz, &name)?;
            file = gz.finish().map_err(failed)?;
        } else {
            encode(&header, x, &mut file, &name)?;
        }
        file.sync_all().map_err(failed)?;
        fs::rename(&partial, path).map_err(failed)
    })();
    if written.is_err() {
        let _ = fs::remove_file(&partial); // there may be none; the error that matters is the first
    }
    written
}

fn encode(header: &Header, x: &Tensor, to: &mut impl Write, name: &str) -> Result<()> {
    fn data<T: Element>(x: &Tensor, to: &mut impl Write) -> io::Result<()> {
        let mut bytes = vec![0; 1 << 16];
        for x in x.contiguous().as_slice::<T>().chunks(bytes.len() / size_of::<T>()) {
            let bytes = &mut bytes[..size_of_val(x)];
            T::encode(x, bytes);
            to.write_all(bytes)?;
        }
        Ok(())
    }
    header.write(to, name)?;
    by_element!(x.dtype(), T => data::<T>(x, to), else unreachable!("the header took the dtype"))
        .map_err(|source| Error::Io { file: name.to_string(), source })
}
