use crate::Unreadable;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why a file could not be written or read: which file, and what is wrong with it.
///
/// ```
/// let error = serialize::load_state_dict("no/such/file.pth").unwrap_err();
/// assert!(error.to_string().starts_with("no/such/file.pth: cannot open"));
/// assert!(matches!(error.kind(), serialize::ErrorKind::Io { .. }));
/// ```
pub struct Error {
    path: Option<PathBuf>,
    kind: ErrorKind,
}

/// What went wrong, without the file's name.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The operating system refused.
    #[error("cannot {action}: {source}")]
    Io {
        /// What was being done, as in "cannot open".
        action: &'static str,
        /// The system's own reason.
        r#source: io::Error, // the sentence has it, so it is no `source()` of its own
    },
    /// The bytes break the rules of their format: cut short, out of range, overlapping, nonsense.
    #[error("not a valid {format}: {what}")]
    Malformed {
        /// The format being read, as in "zip archive".
        format: &'static str,
        /// What was expected there and what was found.
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
        /// What it holds.
        what: String,
    },
    /// A pickle asks for a Python function or class outside the allow-list. Nothing was executed.
    #[error("the pickle names `{name}`, which is not on the list of what a checkpoint may hold; {hint}")]
    ForbiddenGlobal {
        /// Its full Python name.
        name: String,
        /// What to do about it.
        hint: &'static str,
    },
    /// Some entries have no counterpart here, and the rest could be read:
    /// [`LoadOptions::allow_partial`](crate::LoadOptions::allow_partial).
    #[error("{}", unreadable(entries))]
    Unreadable {
        /// All of them, in the order of the file.
        entries: Vec<Unreadable>,
    },
    /// Reading would take far more memory than a file of this size can honestly ask for.
    #[error("{what} would need {needed} bytes, more than the {limit} a file of this size may still take")]
    TooLarge {
        /// What was about to be created.
        what: String,
        /// Bytes asked for.
        needed: u64,
        /// Bytes left.
        limit: u64,
    },
    /// The file is sound but holds another thing than the caller asked for.
    #[error("expected {expected}, found {found}")]
    Contents {
        /// What the call needs.
        expected: String,
        /// What the file holds.
        found: String,
    },
    /// A model could not be rebuilt from its architecture and tensors.
    #[error(transparent)]
    Model(#[from] nn::Error),
}

tensor::debug_as_display!(Error, ErrorKind);

fn unreadable(entries: &[Unreadable]) -> String {
    const HINT: &str = "`LoadOptions::allow_partial` reads the rest";
    match entries {
        [entry] => format!("{entry}: not supported; {HINT}"),
        _ => {
            let lines: Vec<_> = entries.iter().map(|entry| format!("\n  {entry}")).collect();
            format!("{} entries are not supported; {HINT}:{}", entries.len(), lines.concat())
        }
    }
}

impl Error {
    /// What went wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// The file concerned; `None` for the functions that work on bytes.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Error { path: None, kind }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path {
            Some(path) => write!(f, "{}: {}", path.display(), self.kind),
            None => self.kind.fmt(f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.kind.source()
    }
}

impl From<formats::Failure> for ErrorKind {
    fn from(failure: formats::Failure) -> Self {
        match failure {
            formats::Failure::System { action, source } => ErrorKind::Io { action, source },
            formats::Failure::NotAFile { expected, found } => ErrorKind::contents(expected, found),
        }
    }
}

impl ErrorKind {
    pub(crate) fn at(self, path: &Path) -> Error {
        Error { path: Some(path.to_owned()), kind: self }
    }

    pub(crate) fn unsupported(what: impl Into<String>) -> Self {
        ErrorKind::Unsupported { what: what.into() }
    }

    /// For a Python class or function of this full name.
    pub(crate) fn forbidden(name: &str) -> Self {
        let whole_model = name.starts_with("torch.nn.modules") || name.starts_with("__main__.");
        ErrorKind::ForbiddenGlobal {
            name: name.to_owned(),
            hint: if whole_model {
                "a model pickled whole needs its Python classes: save `net.state_dict()` instead"
            } else {
                "save plain numbers, strings, lists, dictionaries and tensors instead"
            },
        }
    }

    pub(crate) fn contents(expected: impl Into<String>, found: impl Into<String>) -> Self {
        ErrorKind::Contents { expected: expected.into(), found: found.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_begins_with_the_file() {
        let kind = ErrorKind::Malformed { format: "zip archive", what: "no end record".into() };
        let error = kind.at(Path::new("net.pth"));
        assert_eq!(error.to_string(), "net.pth: not a valid zip archive: no end record");
        assert_eq!(error.path(), Some(Path::new("net.pth")));
        // What `main` shows of an error that it returns.
        assert_eq!(format!("{error:?}"), error.to_string());
        assert_eq!(format!("{:?}", error.kind()), "not a valid zip archive: no end record");
    }

    #[test]
    fn the_systems_reason_stands_in_the_message_once() {
        let error = crate::load_state_dict("no/such/file.pth").unwrap_err();
        let ErrorKind::Io { source, .. } = error.kind() else { panic!("{error}") };
        assert_eq!(format!("{error:?}"), format!("no/such/file.pth: cannot open: {source}"));
        assert!(std::error::Error::source(&error).is_none());
    }
}
