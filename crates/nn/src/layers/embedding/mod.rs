//! Layers whose input are integers, each of which stands for a row of a table.

#[expect(clippy::module_inception, reason = "the file of the layer, as everywhere")]
mod embedding;

pub use autograd::EmbeddingOptions;

crate::build::modules! {
    register;
    embedding: Embedding;
}
