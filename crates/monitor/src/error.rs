/// Why a history could not be read or written.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The system refused, or the path names something else than a file.
    #[error("{file}: {source}")]
    File {
        /// Which file.
        file: String,
        /// Why.
        r#source: formats::Error, // the sentence has it, so it is no `source()` of its own
    },
    /// A line in the middle of the file is none that a history has.
    #[error("{file}: line {line} is not one of a history: {what}")]
    Line {
        /// Which file.
        file: String,
        /// Which line, counted from 1.
        line: usize,
        /// What is wrong with it.
        what: String,
    },
}

/// Results of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

tensor::debug_as_display!(Error);
