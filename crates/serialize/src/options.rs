use crate::{Contents, Error, ErrorKind, Format, Unreadable};
use nn::{StateDict, Value};
use std::path::Path;

/// How a file is read.
///
/// ```
/// use serialize::{Contents, LoadOptions};
///
/// // A file with `{"x": 1j, "n": 3}`, as Python would pickle it.
/// # let complex = b"c__builtin__\ncomplex\nG\0\0\0\0\0\0\0\0G\x3f\xf0\0\0\0\0\0\0\x86R";
/// # let pickle = [&b"\x80\x02}(X\x01\0\0\0x"[..], complex, b"X\x01\0\0\0nK\x03u."].concat();
/// # let magic = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03.\x80\x02}.";
/// # let bytes = [&magic[..], &pickle, b"\x80\x02]."].concat();
/// let error = Contents::from_bytes(&bytes).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "a complex number at ['x']: not supported; `LoadOptions::allow_partial` reads the rest"
/// );
///
/// let contents = LoadOptions::new().allow_partial(true).from_bytes(&bytes)?;
/// assert_eq!(contents.value.get("n").and_then(nn::Value::as_int), Some(3));
/// assert_eq!(contents.left_out[0].to_string(), "a complex number at ['x']");
/// # Ok::<(), serialize::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    allow_partial: bool,
}

impl LoadOptions {
    /// The options that the functions without options read with.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether to read a file also if some of its entries have no counterpart here: complex, quantised,
    /// sparse and 8-bit tensors, objects of Python classes, what holds itself. They are then left out of
    /// dictionaries, are `None` in lists and tuples, and stand in [`Contents::left_out`]. A damaged file is
    /// an error all the same. The default is false.
    #[must_use]
    pub fn allow_partial(mut self, allow: bool) -> Self {
        self.allow_partial = allow;
        self
    }

    /// As [`Contents::read`].
    ///
    /// # Errors
    /// If the file cannot be read, is damaged, or holds what has no counterpart here and may not be left out.
    pub fn read(&self, path: impl AsRef<Path>) -> Result<Contents, Error> {
        let path = path.as_ref();
        let read = || {
            let bytes = formats::read(path)?;
            let format = Format::detect(&bytes).unwrap_or_else(|| Format::for_path(path));
            self.parse(&bytes, format)
        };
        read().map_err(|kind: ErrorKind| kind.at(path))
    }

    /// As [`Contents::from_bytes`].
    ///
    /// # Errors
    /// As [`LoadOptions::read`].
    pub fn from_bytes(&self, bytes: &[u8]) -> Result<Contents, Error> {
        let format = Format::detect(bytes).unwrap_or(Format::Native);
        Ok(self.parse(bytes, format)?)
    }

    /// As [`load_state_dict`](crate::load_state_dict), with what was left out.
    ///
    /// # Errors
    /// As [`LoadOptions::read`], and if what could be read is no state dict.
    pub fn load_state_dict(&self, path: impl AsRef<Path>) -> Result<(StateDict, Vec<Unreadable>), Error> {
        let path = path.as_ref();
        let contents = self.read(path)?;
        Ok((contents.state_dict().map_err(|kind| kind.at(path))?, contents.left_out))
    }

    /// As [`load_checkpoint`](crate::load_checkpoint), with what was left out.
    ///
    /// # Errors
    /// As [`LoadOptions::read`].
    pub fn load_checkpoint(&self, path: impl AsRef<Path>) -> Result<(Value, Vec<Unreadable>), Error> {
        let contents = self.read(path)?;
        Ok((contents.value, contents.left_out))
    }

    fn parse(&self, bytes: &[u8], format: Format) -> Result<Contents, ErrorKind> {
        let contents = format.codec().read(bytes)?;
        if self.allow_partial || contents.left_out.is_empty() {
            return Ok(contents);
        }
        Err(ErrorKind::Unreadable { entries: contents.left_out })
    }
}
