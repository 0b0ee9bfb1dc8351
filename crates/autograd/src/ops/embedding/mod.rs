//! Rows of a table that integers name.

mod bags;
#[expect(clippy::module_inception, reason = "the file of the function, as everywhere")]
mod embedding;
mod embedding_bag;
mod order;
mod renorm;
mod table;

pub use embedding::{EmbeddingOptions, embedding};
pub use embedding_bag::{EmbeddingBagMode, EmbeddingBagOptions, embedding_bag};
