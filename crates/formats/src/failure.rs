use std::fmt;
use std::io;

/// Why a file could not be written or read, without its name.
pub enum Failure {
    /// The operating system refused.
    System {
        /// What was being done, as in "cannot open".
        action: &'static str,
        /// The system's own reason.
        source: io::Error,
    },
    /// The path names something else than a file.
    NotAFile {
        /// What was needed.
        expected: &'static str,
        /// What is there.
        found: &'static str,
    },
}

/// Turns the system's error into a [`Failure`] to do this.
pub fn failing(action: &'static str) -> impl Fn(io::Error) -> Failure {
    move |source| Failure::System { action, source }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::System { action, source } => write!(f, "cannot {action}: {source}"),
            Failure::NotAFile { expected, found } => write!(f, "expected {expected}, found {found}"),
        }
    }
}

/// As `Display`: `main` shows this form.
impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The source stands in the message already.
impl std::error::Error for Failure {}

impl From<Failure> for io::Error {
    fn from(failure: Failure) -> Self {
        let kind = match &failure {
            Failure::System { source, .. } => source.kind(),
            Failure::NotAFile { .. } => io::ErrorKind::InvalidInput,
        };
        io::Error::new(kind, failure)
    }
}
