//! Layers whose input are integers, each of which stands for a row of a table.

#[expect(clippy::module_inception, reason = "the file of the layer, as everywhere")]
mod embedding;
mod embedding_bag;

pub use autograd::{EmbeddingBagMode, EmbeddingBagOptions, EmbeddingOptions};

use tensor::Tensor;

use crate::{Options, Parameter, init};

crate::build::modules! {
    register;
    embedding: Embedding;
    embedding_bag: EmbeddingBag;
}

/// The first numbers of a table: N(0, 1), and zeros in the padding row.
#[track_caller]
fn drawn([rows, width]: [usize; 2], padding: Option<usize>) -> Parameter {
    let weight = Parameter::new(tensor::zeros([rows, width]));
    init::normal(&weight, 0.0, 1.0);
    if let Some(row) = padding {
        weight.update_data(|w| w.make_mut::<f32>()[row * width..][..width].fill(0.0));
    }
    weight
}

/// The rows and columns of a table that is there.
#[track_caller]
fn sizes(layer: &str, table: &Tensor) -> [usize; 2] {
    let shape = table.shape();
    let &[rows, width] = shape else {
        panic!("{layer}: Embeddings parameter is expected to be 2-dimensional, got {shape:?}")
    };
    [rows, width]
}

/// The line that torch prints.
fn describe(sizes: [usize; 2], options: &impl Options) -> String {
    let options = options.repr().into_iter().map(|(name, value)| format!("{name}={value}"));
    sizes.iter().map(ToString::to_string).chain(options).collect::<Vec<_>>().join(", ")
}
