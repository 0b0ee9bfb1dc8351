//! Rows of a table that integers name.

#[expect(clippy::module_inception, reason = "the file of the function, as everywhere")]
mod embedding;
mod table;

pub use embedding::{EmbeddingOptions, embedding};
