use std::fmt;

/// An entry of a file that has no counterpart here: a complex tensor, an object of a Python class.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unreadable {
    /// Where it lies, as one would write it in Python: `['model']['weight']`. Of a key, the dictionary that has it.
    pub path: String,
    /// What it is.
    pub what: String,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.path {
            "" => f.write_str(&self.what),
            path => write!(f, "{} at {path}", self.what),
        }
    }
}

/// Keys from the root, as one would write them in Python.
pub(crate) fn place(path: &[String]) -> String {
    path.iter().fold(String::new(), |text, key| text + "[" + key + "]")
}

/// A class or function outside the allow-list, in words that stand before a place.
pub(crate) fn forbidden(name: &str, hint: &str) -> String {
    format!("Python's `{name}` ({hint})")
}
