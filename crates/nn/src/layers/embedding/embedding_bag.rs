use autograd::{EmbeddingBagOptions, Variable, embedding_bag};
use tensor::Tensor;

use super::{describe, drawn, pretrained};
use crate::layers::check_shapes;
use crate::{Forward, Module, Parameter, Training};

/// A table of which bags of rows are looked up, and each bag's mean, sum or maximum given, as
/// `torch.nn.EmbeddingBag`: a vector for each text, for example.
///
/// # Shapes
/// - `x`: `[bags, length]`, integers, `I64` or `I32`; or all bags one behind the other along one axis
/// - `offsets`: `[bags]`, where each begins, for bags one behind the other
/// - `per_sample_weights`: as `x`, what the rows are multiplied by before they are added up
/// - output: `[bags, embedding_dim]`
/// - `weight`: `[num_embeddings, embedding_dim]`
///
/// The table starts as that of an [`Embedding`](crate::Embedding).
///
/// ```
/// use autograd::Variable;
/// use nn::{EmbeddingBag, EmbeddingBagMode, EmbeddingBagOptions};
/// use tensor::Tensor;
///
/// let layer = EmbeddingBag::new(10, 3);
/// assert_eq!(layer.to_string(), "EmbeddingBag(10, 3, mode='mean')");
/// let [words, offsets] = [vec![1i64, 2, 4, 5, 4], vec![0, 3]].map(|x| Variable::new(Tensor::from(x)));
/// assert_eq!(layer.forward(&words, Some(&offsets), None).shape(), [2, 3]);
///
/// // In a `Sequential`, bags of one length.
/// let options = EmbeddingBagOptions { mode: EmbeddingBagMode::Sum, ..Default::default() };
/// let net = nn::sequential![EmbeddingBag::with(10, 3, options), nn::Linear::new(3, 2)];
/// let words = Variable::new(Tensor::from([[4i64, 9, 0], [1, 0, 0]]));
/// assert_eq!(nn::Forward::forward(&net, &words).shape(), [2, 2]);
/// ```
#[derive(Debug, Module)]
#[module(extra_repr = Self::describe, check = Self::check)]
pub struct EmbeddingBag {
    /// The table.
    pub weight: Parameter,
    /// How many rows it has.
    #[module(config)]
    pub num_embeddings: usize,
    /// How long a row is.
    #[module(config)]
    pub embedding_dim: usize,
    #[module(options)]
    options: EmbeddingBagOptions,
    training: Training,
}

impl EmbeddingBag {
    /// A table of `num_embeddings` rows of length `embedding_dim`, whose bags give means.
    ///
    /// # Panics
    /// If it would take more memory than there is.
    #[track_caller]
    pub fn new(num_embeddings: usize, embedding_dim: usize) -> Self {
        Self::with(num_embeddings, embedding_dim, EmbeddingBagOptions::default())
    }

    /// The table with the options given.
    ///
    /// # Panics
    /// As [`EmbeddingBag::new`], or if there is no row `padding_idx`.
    #[track_caller]
    pub fn with(num_embeddings: usize, embedding_dim: usize, options: EmbeddingBagOptions) -> Self {
        let (weight, options) = drawn("EmbeddingBag", [num_embeddings, embedding_dim], options);
        Self { weight, num_embeddings, embedding_dim, options, training: Training::default() }
    }

    /// A table that is there, as `torch.nn.EmbeddingBag.from_pretrained`; with `freeze`, torch's default, it
    /// is not trained. Its padding row stays as it is.
    ///
    /// # Panics
    /// If the table is no matrix of floats, or there is no row `padding_idx`.
    #[track_caller]
    pub fn from_pretrained(embeddings: Tensor, freeze: bool, options: EmbeddingBagOptions) -> Self {
        let (weight, [num_embeddings, embedding_dim], options) =
            pretrained("EmbeddingBag", embeddings, freeze, options);
        Self { weight, num_embeddings, embedding_dim, options, training: Training::default() }
    }

    /// The options.
    pub fn options(&self) -> EmbeddingBagOptions {
        self.options
    }

    /// A vector for each bag.
    ///
    /// # Panics
    /// As [`embedding_bag`](autograd::embedding_bag()).
    #[track_caller]
    pub fn forward(
        &self,
        x: &Variable,
        offsets: Option<&Variable>,
        per_sample_weights: Option<&Variable>,
    ) -> Variable {
        embedding_bag(x, &self.weight, offsets, per_sample_weights, self.options)
    }

    fn describe(&self) -> String {
        describe([self.num_embeddings, self.embedding_dim], &self.options)
    }

    fn check(&self) -> Result<(), String> {
        check_shapes(self, |_| vec![self.num_embeddings, self.embedding_dim])
    }
}

#[nn::hooks]
impl Forward for EmbeddingBag {
    /// A vector for each row of `x`.
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        embedding_bag(x, &self.weight, None, None, self.options)
    }
}
