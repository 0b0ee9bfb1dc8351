use crate::{Error, ErrorKind, FileError, Format, LoadOptions};
use nn::{Architecture, StateDict, Value};
use std::fmt;
use std::path::Path;

/// Everything a file holds, whatever its format: what the other functions of this crate take their part
/// from.
///
/// ```
/// use nn::Value;
/// use serialize::{Contents, Format};
///
/// let value = Value::dict([("epoch", Value::Int(3))]);
/// let bytes = Contents::from(value).to_bytes(Format::Torch)?;
/// let contents = Contents::from_bytes(&bytes)?;
/// assert!(contents.architecture.is_none());
/// assert_eq!(contents.value.get("epoch").and_then(Value::as_int), Some(3));
/// # Ok::<(), serialize::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Contents {
    /// The description of a whole model; `None` if the file holds no model.
    pub architecture: Option<Architecture>,
    /// Free text under free names. `.pth` has no place for it.
    pub metadata: Vec<(String, String)>,
    /// A model's state dict, or whatever else was saved.
    pub value: Value,
    /// The entries left out of the value, if that was allowed: [`LoadOptions::allow_partial`].
    pub left_out: Vec<Unreadable>,
}

impl From<Value> for Contents {
    fn from(value: Value) -> Self {
        Contents { architecture: None, metadata: Vec::new(), value, left_out: Vec::new() }
    }
}

impl From<StateDict> for Contents {
    fn from(state: StateDict) -> Self {
        Value::from(state).into()
    }
}

impl Contents {
    /// A file's contents. The format is recognised by its first bytes, and by the name if they say nothing.
    ///
    /// # Errors
    /// If the file cannot be read, is damaged, or holds what has no counterpart here.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, Error> {
        LoadOptions::new().read(path)
    }

    /// The contents of a file held in memory, of any format.
    ///
    /// # Errors
    /// As [`Contents::read`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        LoadOptions::new().from_bytes(bytes)
    }

    /// Writes a file in the format its name asks for ([`Format::for_path`]). Until everything is on the
    /// disk the path keeps what it had before.
    ///
    /// # Errors
    /// If the folder cannot be written to, or the format cannot hold the value.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        // torch names the records' folder after the file; no name is any better than a strange one.
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let plain = stem.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
        let prefix = if plain && (1..200).contains(&stem.len()) { stem } else { "archive" };
        let codec = Format::for_path(path).codec();
        formats::write(path, |out| codec.write(self, prefix, out)).map_err(|kind: ErrorKind| kind.at(path))
    }

    /// The file's bytes.
    ///
    /// # Errors
    /// If the format cannot hold the value.
    pub fn to_bytes(&self, format: Format) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        format.codec().write(self, "archive", &mut bytes)?;
        Ok(bytes)
    }

    /// The value as a state dict.
    ///
    /// # Errors
    /// If it is not a dictionary of tensors.
    pub fn state_dict(&self) -> Result<StateDict, ErrorKind> {
        StateDict::try_from(&self.value).map_err(|_| {
            ErrorKind::contents(
                "a state dict (tensors under their names)",
                format!("{}; `load_checkpoint` reads it", not_a_state_dict(&self.value)),
            )
        })
    }

    /// The description of a whole model as plain data.
    pub(crate) fn architecture_value(&self) -> Result<Option<Value>, ErrorKind> {
        let value = self.architecture.as_ref().map(Architecture::to_value).transpose();
        value.map_err(|error| ErrorKind::unsupported(format!("this model's description: {error}")))
    }
}

/// The model that plain data from a file describes.
pub(crate) fn architecture(value: &Value) -> Result<Architecture, FileError> {
    Architecture::from_value(value)
        .map_err(|error| FileError::malformed("description of a model", error.to_string()))
}

/// An entry of a file that has no counterpart here: a complex tensor, an object of a Python class.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unreadable {
    /// Where it lies, as one would write it in Python: `['model']['weight']`. Of a key, the dictionary that
    /// has it.
    pub path: String,
    /// Its kind.
    pub what: String,
}

impl Unreadable {
    /// An entry under these keys from the root, each as one would write it in Python.
    pub(crate) fn at(path: &[String], what: impl Into<String>) -> Self {
        Unreadable { path: place(path), what: what.into() }
    }
}

/// Keys from the root, as one would write them in Python.
pub(crate) fn place(path: &[String]) -> String {
    path.iter().fold(String::new(), |text, key| text + "[" + key + "]")
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.path {
            "" => f.write_str(&self.what),
            path => write!(f, "{} at {path}", self.what),
        }
    }
}

/// Names the kind of a value that is no state dict; if it nearly is one, the entries that are no tensors.
fn not_a_state_dict(value: &Value) -> String {
    let entries = value.as_dict().unwrap_or_default();
    let wrong: Vec<_> = entries.iter().filter(|(_, value)| value.as_tensor().is_none()).collect();
    match wrong[..] {
        [(Value::Str(key), value), ref more @ ..] if wrong.len() < entries.len() => {
            let others = if more.is_empty() { String::new() } else { format!(" (and {} more)", more.len()) };
            format!(
                "a dictionary of tensors in which `{}` is {}{others}",
                key.escape_debug(),
                value.type_name()
            )
        }
        _ => summary(value),
    }
}

/// Names the kind of a value, with a dictionary's first keys.
pub(crate) fn summary(value: &Value) -> String {
    let Some(entries) = value.as_dict() else { return value.type_name().to_owned() };
    let mut keys: Vec<_> = entries
        .iter()
        .take(5)
        .map(|(key, _)| key.as_str().map_or("…".into(), |k| format!("`{k}`")))
        .collect();
    if entries.len() > keys.len() {
        keys.push("…".into());
    }
    match entries {
        [] => "an empty dictionary".into(),
        _ => format!("a dictionary with {}", keys.join(", ")),
    }
}
