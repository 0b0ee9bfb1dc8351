use std::fmt;

/// Why a [`Value`](super::Value) is not what was asked for.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueError {
    /// It is of another type.
    Type {
        /// The kind that was asked for.
        expected: &'static str,
        /// The kind that is there.
        found: String,
    },
    /// A dict lacks an entry.
    MissingEntry {
        /// The key that was asked for.
        key: String,
        /// The text keys that are there.
        keys: Vec<String>,
    },
    /// It does not fit the type it is to become, or a text is no value; in words.
    Other(String),
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type { expected, found } => write!(f, "expected {expected}, found {found}"),
            Self::MissingEntry { key, keys } => write!(f, "no entry \"{key}\" among {keys:?}"),
            Self::Other(why) => f.write_str(why),
        }
    }
}

crate::debug_as_display!(ValueError);

impl std::error::Error for ValueError {}

impl serde::ser::Error for ValueError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Other(message.to_string())
    }
}

impl serde::de::Error for ValueError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Other(message.to_string())
    }
}
