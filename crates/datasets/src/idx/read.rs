use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use formats::{Unpacked, is_cut};
use tensor::{Tensor, zeros_dtype};

use super::header::{CHUNK, Header, big_endian};
use crate::{Error, Result};

/// Reads an IDX file, gzipped or not, as a tensor of its element type: `U8`, `I8`, `I16`, `I32`, `F32` or
/// `F64`.
///
/// Memory is asked for only once the file has shown that it holds what its header promises: a plain file
/// by its length, a gzipped one by unpacking it twice, the first time only to count.
///
/// # Errors
/// If the file cannot be read, is no IDX file, or is shorter or longer than its header says.
pub fn read(path: impl AsRef<Path>) -> Result<Tensor> {
    let (path, name) = (path.as_ref(), path.as_ref().display().to_string());
    let failed = |source| Error::Io { file: name.clone(), source };
    let len = path.metadata().map_err(failed)?.len();
    decode(&name, len, || File::open(path))
}

/// As [`read`], from the bytes of a file; `name` stands for it in messages.
///
/// ```
/// let bytes = [0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1];
/// assert_eq!(datasets::idx::read_bytes("three labels", &bytes)?.to_vec::<u8>(), [7, 2, 1]);
///
/// let error = datasets::idx::read_bytes("three labels", &bytes[..10]).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "three labels: truncated: the header promises 11 bytes and the file ends after 10"
/// );
/// # Ok::<(), datasets::Error>(())
/// ```
///
/// # Errors
/// As [`read`].
pub fn read_bytes(name: &str, bytes: &[u8]) -> Result<Tensor> {
    decode(name, bytes.len() as u64, || Ok(bytes))
}

fn decode<R: Read>(name: &str, len: u64, open: impl Fn() -> io::Result<R>) -> Result<Tensor> {
    let failed = |source| Error::Io { file: name.to_string(), source };
    let mut magic = Vec::new();
    open().and_then(|file| file.take(2).read_to_end(&mut magic)).map_err(failed)?;
    if magic == [0x1f, 0x8b] {
        let unpack = || Ok(Unpacked::new(BufReader::with_capacity(CHUNK, open()?)));
        let mut counted = unpack().map_err(failed)?;
        let header = Header::read(&mut counted, name)?;
        let data_len = header.data_len().expect("checked on reading") as u64;
        // One byte past the promise, so that too much shows; it also checks gzip's own checksum at the end.
        let (mut found, mut chunk, mut cut) = (0, Vec::with_capacity(CHUNK), None);
        while found <= data_len && cut.is_none() {
            chunk.clear();
            match counted.by_ref().take(CHUNK as u64).read_to_end(&mut chunk) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) if is_cut(&error) => cut = Some(error),
                Err(error) => return Err(failed(error)),
            }
            found += chunk.len() as u64;
        }
        check_len(name, &header, found)?;
        if let Some(error) = cut {
            return Err(failed(error)); // behind all elements: gzip's own end is missing
        }
        return elements(name, unpack().map_err(failed)?);
    }
    let mut file = open().map_err(failed)?;
    let header = Header::read(&mut file, name)?;
    check_len(name, &header, len.saturating_sub(header.len()))?;
    elements(name, open().map_err(failed)?)
}

fn check_len(name: &str, header: &Header, found: u64) -> Result<()> {
    let (file, data_len) = (name.to_string(), header.data_len().expect("checked on reading") as u64);
    let expected = header.len() + data_len;
    if found < data_len {
        return Err(Error::Truncated { file, expected, found: header.len() + found });
    }
    if found > data_len {
        return Err(Error::TooLong { file, expected });
    }
    Ok(())
}

/// Reads header and elements, whose length has been checked.
fn elements(name: &str, mut file: impl Read) -> Result<Tensor> {
    let header = Header::read(&mut file, name)?;
    let data_len = header.data_len().expect("checked on reading");
    // A tensor that the system has no memory for would end the process.
    Vec::<u8>::new().try_reserve_exact(data_len).map_err(|_| header.too_large(name))?;
    let mut x = zeros_dtype(header.shape.as_slice(), header.dtype);
    for bytes in x.bytes_mut().chunks_mut(CHUNK) {
        file.read_exact(bytes).map_err(|source| Error::Io { file: name.to_string(), source })?;
        big_endian(bytes, header.dtype);
    }
    Ok(x)
}
