use crate::{FileError, Unreadable};
use std::fmt;
use std::path::{Path, PathBuf};

/// Why a file could not be written or read: which file, and what is wrong with it.
///
/// ```
/// let error = serialize::load_state_dict("no/such/file.pth").unwrap_err();
/// assert!(error.to_string().starts_with("no/such/file.pth: cannot open"));
/// assert!(matches!(error.kind(), serialize::ErrorKind::File(serialize::FileError::Io { .. })));
/// ```
pub struct Error {
    path: Option<PathBuf>,
    kind: ErrorKind,
}

/// The reason of an [`Error`], without the file's name.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The system refused, or the bytes are not what they should be.
    #[error(transparent)]
    File(#[from] FileError),
    /// Some entries have no counterpart here, and the rest could be read:
    /// [`LoadOptions::allow_partial`](crate::LoadOptions::allow_partial).
    #[error("{}", unreadable(entries))]
    Unreadable {
        /// All of them, in the order of the file.
        entries: Vec<Unreadable>,
    },
    /// The file is sound but holds another thing than the caller asked for.
    #[error("expected {expected}, found {found}")]
    Contents {
        /// The contents that the call needs.
        expected: String,
        /// The contents of the file.
        found: String,
    },
    /// A model could not be rebuilt from its architecture and tensors.
    #[error(transparent)]
    Model(#[from] nn::Error),
    /// An entry of a checkpoint is missing or of another kind.
    #[error(transparent)]
    Value(#[from] tensor::ValueError),
    /// The state of an optimizer or a schedule does not fit this one.
    #[error(transparent)]
    Optimizer(#[from] optim::Error),
    /// The saved state of the random generator is none.
    #[error(transparent)]
    Generator(#[from] tensor::StateError),
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
    /// The reason.
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

impl ErrorKind {
    pub(crate) fn at(self, path: &Path) -> Error {
        Error { path: Some(path.to_owned()), kind: self }
    }

    pub(crate) fn unsupported(what: impl Into<String>) -> Self {
        FileError::unsupported(what).into()
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
        let kind = ErrorKind::from(FileError::malformed("zip archive", "no end record"));
        let error = kind.at(Path::new("net.pth"));
        assert_eq!(error.to_string(), "net.pth: not a valid zip archive: no end record");
        assert_eq!(error.path(), Some(Path::new("net.pth")));
        // `main` shows this of an error that it returns.
        assert_eq!(format!("{error:?}"), error.to_string());
        assert_eq!(format!("{:?}", error.kind()), "not a valid zip archive: no end record");
    }

    #[test]
    fn the_systems_reason_stands_in_the_message_once() {
        let error = crate::load_state_dict("no/such/file.pth").unwrap_err();
        let ErrorKind::File(FileError::Io { source, .. }) = error.kind() else { panic!("{error}") };
        assert_eq!(format!("{error:?}"), format!("no/such/file.pth: cannot open: {source}"));
        assert!(std::error::Error::source(&error).is_none());
    }
}
