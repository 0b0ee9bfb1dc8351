//! Layers whose input are integers, each of which stands for a row of a table.

#[expect(clippy::module_inception, reason = "the file of the layer, as everywhere")]
mod embedding;
mod embedding_bag;

pub use autograd::{EmbeddingBagMode, EmbeddingBagOptions, EmbeddingOptions};

use autograd::Variable;
use tensor::Tensor;

use crate::{Options, Parameter, init};

crate::build::modules! {
    register;
    embedding: Embedding;
    embedding_bag: EmbeddingBag;
}

/// The options of a table, whose padding row may be counted from the end.
trait Padded: Sized {
    /// The padding row, counted from the front, and the options with it so, as torch prints them; `layer` is
    /// for the message.
    fn counted(self, layer: &str, rows: usize) -> (Option<usize>, Self);
}

macro_rules! padded {
    ($($Options:ident)*) => {$(
        impl Padded for $Options {
            #[track_caller]
            fn counted(self, layer: &str, rows: usize) -> (Option<usize>, Self) {
                let padding = self.padding_row(layer, rows);
                (padding, Self { padding_idx: padding.map(|row| row as isize), ..self })
            }
        }
    )*};
}

padded!(EmbeddingOptions EmbeddingBagOptions);

/// The first numbers of a table, N(0, 1) and zeros in the padding row, and its options.
#[track_caller]
fn drawn<O: Padded>(layer: &str, [rows, width]: [usize; 2], options: O) -> (Parameter, O) {
    let (padding, options) = options.counted(layer, rows);
    let weight = Parameter::new(tensor::zeros([rows, width]));
    init::normal(&weight, 0.0, 1.0);
    if let Some(row) = padding {
        weight.update_data(|w| w.make_mut::<f32>()[row * width..][..width].fill(0.0));
    }
    (weight, options)
}

/// A table that is there, its sizes and its options.
#[track_caller]
fn pretrained<O: Padded>(layer: &str, table: Tensor, freeze: bool, options: O) -> (Parameter, [usize; 2], O) {
    let shape = table.shape();
    let &[rows, width] = shape else {
        panic!("{layer}: Embeddings parameter is expected to be 2-dimensional, got {shape:?}")
    };
    let (_, options) = options.counted(layer, rows);
    let weight = Parameter::new(table);
    let _ = Variable::clone(&weight).requires_grad_(!freeze);
    (weight, [rows, width], options)
}

/// The line that torch prints.
fn describe(sizes: [usize; 2], options: &impl Options) -> String {
    let options = options.repr().into_iter().map(|(name, value)| format!("{name}={value}"));
    sizes.iter().map(ToString::to_string).chain(options).collect::<Vec<_>>().join(", ")
}
