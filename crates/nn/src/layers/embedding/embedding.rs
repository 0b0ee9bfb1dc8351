use autograd::{EmbeddingOptions, Variable, embedding};
use tensor::Tensor;

use super::{describe, drawn, pretrained};
use crate::layers::check_shapes;
use crate::{Forward, Module, Parameter, Training};

/// A table whose rows are looked up by their numbers, as `torch.nn.Embedding`: a vector for each word, for
/// example.
///
/// # Shapes
/// - `x`: any; a variable of integers, `I64` or `I32`
/// - output: that of `x`, and then `embedding_dim`
/// - `weight`: `[num_embeddings, embedding_dim]`
///
/// The table starts from N(0, 1), with zeros in the padding row: after the same `manual_seed` it is torch's
/// as far as [`init::normal`](crate::init::normal) is.
///
/// ```
/// use autograd::Variable;
/// use nn::{Embedding, EmbeddingOptions, Forward, Linear, sequential};
/// use tensor::Tensor;
///
/// let layer = Embedding::with(10, 3, EmbeddingOptions { padding_idx: Some(0), ..Default::default() });
/// assert_eq!(layer.to_string(), "Embedding(10, 3, padding_idx=0)");
/// let words = Variable::new(Tensor::from([[4i64, 9, 0], [1, 0, 0]]));
/// let y = layer.forward(&words).data();
/// assert_eq!(y.shape(), [2, 3, 3]);
/// assert_eq!(y.select(0, 1).select(0, 2).to_vec::<f32>(), [0.0; 3]);
///
/// let net = sequential![layer, Linear::new(3, 10)];
/// assert_eq!(net.forward(&words).shape(), [2, 3, 10]);
/// ```
#[derive(Debug, Module)]
#[module(extra_repr = Self::describe, check = Self::check)]
pub struct Embedding {
    /// The table.
    pub weight: Parameter,
    /// How many rows it has.
    #[module(config)]
    pub num_embeddings: usize,
    /// How long a row is.
    #[module(config)]
    pub embedding_dim: usize,
    #[module(options)]
    options: EmbeddingOptions,
    training: Training,
}

impl Embedding {
    /// A table of `num_embeddings` rows of length `embedding_dim`.
    ///
    /// # Panics
    /// If it would take more memory than there is.
    #[track_caller]
    pub fn new(num_embeddings: usize, embedding_dim: usize) -> Self {
        Self::with(num_embeddings, embedding_dim, EmbeddingOptions::default())
    }

    /// The table with the options given.
    ///
    /// # Panics
    /// As [`Embedding::new`], or if there is no row `padding_idx`.
    #[track_caller]
    pub fn with(num_embeddings: usize, embedding_dim: usize, options: EmbeddingOptions) -> Self {
        let (weight, options) = drawn("Embedding", [num_embeddings, embedding_dim], options);
        Self { weight, num_embeddings, embedding_dim, options, training: Training::default() }
    }

    /// A table that is there, as `torch.nn.Embedding.from_pretrained`; with `freeze`, torch's default, it is
    /// not trained. Its padding row stays as it is.
    ///
    /// ```
    /// use nn::{Embedding, EmbeddingOptions};
    /// use tensor::Tensor;
    ///
    /// let table = Tensor::from([[1.0f32, 2.0], [3.0, 4.0]]);
    /// let layer = Embedding::from_pretrained(table, true, EmbeddingOptions::default());
    /// assert!(!layer.weight.requires_grad());
    /// assert_eq!(layer.to_string(), "Embedding(2, 2)");
    /// ```
    ///
    /// # Panics
    /// If the table is no matrix of floats, or there is no row `padding_idx`.
    #[track_caller]
    pub fn from_pretrained(embeddings: Tensor, freeze: bool, options: EmbeddingOptions) -> Self {
        let (weight, [num_embeddings, embedding_dim], options) =
            pretrained("Embedding", embeddings, freeze, options);
        Self { weight, num_embeddings, embedding_dim, options, training: Training::default() }
    }

    /// The options.
    pub fn options(&self) -> EmbeddingOptions {
        self.options
    }

    fn describe(&self) -> String {
        describe([self.num_embeddings, self.embedding_dim], &self.options)
    }

    fn check(&self) -> Result<(), String> {
        check_shapes(self, |_| vec![self.num_embeddings, self.embedding_dim])
    }
}

#[nn::hooks]
impl Forward for Embedding {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        embedding(x, &self.weight, self.options)
    }
}
