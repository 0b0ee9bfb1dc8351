use std::fmt;
use std::io;

/// Why a file could not be written or read, without its name.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused.
    #[error("cannot {action}: {source}")]
    Io {
        /// The action that failed, as in "cannot open".
        action: &'static str,
        /// The system's own reason.
        r#source: io::Error, // the sentence has it, so it is no `source()` of its own
    },
    /// The path names something else than a file.
    #[error("expected {expected}, found {found}")]
    NotAFile {
        /// The kind of file that was needed.
        expected: &'static str,
        /// The kind of thing at the path.
        found: &'static str,
    },
    /// The bytes break the rules of their format: cut short, out of range, overlapping, nonsense.
    #[error("not a valid {format}: {what}")]
    Malformed {
        /// The format being read, as in "zip archive".
        format: &'static str,
        /// The rule that they break, such as what was expected and what was found.
        what: String,
    },
    /// The bytes are not the ones that were written.
    #[error("{what} is damaged: its checksum is {found:08x}, expected {expected:08x}")]
    Checksum {
        /// Which part of the file.
        what: String,
        /// The checksum in the file.
        expected: u32,
        /// The checksum of the bytes found.
        found: u32,
    },
    /// The file is well-formed and holds something that this library has no counterpart for.
    #[error("{what}: not supported")]
    Unsupported {
        /// The thing without a counterpart.
        what: String,
    },
    /// A pickle asks for a Python function or class outside the allow-list. Nothing was executed.
    #[error("the pickle names `{name}`, which is not on the list of what a checkpoint may hold; {hint}")]
    ForbiddenGlobal {
        /// Its full Python name.
        name: String,
        /// The way for the user to go on.
        hint: &'static str,
    },
    /// Reading would take far more memory than a file of this size can honestly ask for.
    #[error("{what} would need {needed} bytes, more than the {limit} a file of this size may still take")]
    TooLarge {
        /// The thing that was about to be created.
        what: String,
        /// Bytes asked for.
        needed: u64,
        /// Bytes left.
        limit: u64,
    },
}

impl Error {
    /// The bytes are no valid file of this format; `what` says why.
    pub fn malformed(format: &'static str, what: impl Into<String>) -> Self {
        Error::Malformed { format, what: what.into() }
    }

    /// The file holds what has no counterpart here.
    pub fn unsupported(what: impl Into<String>) -> Self {
        Error::Unsupported { what: what.into() }
    }

    /// A pickle names the Python class or function of this full name.
    pub fn forbidden(name: &str) -> Self {
        let whole_model = name.starts_with("torch.nn.modules") || name.starts_with("__main__.");
        Error::ForbiddenGlobal {
            name: name.to_owned(),
            hint: if whole_model {
                "a model pickled whole needs its Python classes: save `net.state_dict()` instead"
            } else {
                "save plain numbers, strings, lists, dictionaries and tensors instead"
            },
        }
    }
}

/// Turns the system's error into an [`Error`] to do this, as in "cannot write".
pub fn failing(action: &'static str) -> impl Fn(io::Error) -> Error {
    move |source| Error::Io { action, source }
}

/// Whether the bytes have this checksum, a CRC-32; `what` names them.
///
/// # Errors
/// If they do not.
pub fn verify(what: impl FnOnce() -> String, bytes: &[u8], expected: u32) -> Result<(), Error> {
    let found = crc32fast::hash(bytes);
    if found == expected { Ok(()) } else { Err(Error::Checksum { what: what(), expected, found }) }
}

/// As `Display`: `main` shows this form.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = match &error {
            Error::Io { source, .. } => source.kind(),
            Error::NotAFile { .. } => io::ErrorKind::InvalidInput,
            Error::Unsupported { .. } => io::ErrorKind::Unsupported,
            _ => io::ErrorKind::InvalidData,
        };
        io::Error::new(kind, error)
    }
}
