use tensor::Tensor;

use super::MeanMetric;
use crate::metrics::perplexity::token_losses;

/// How many tokens a language model hesitates between, as [`perplexity`](crate::metrics::perplexity()).
///
/// ```
/// use monitor::metrics::running::Perplexity;
/// let mut perplexity = Perplexity::new(None);
/// perplexity.update(tensor::zeros([2, 3, 5]), tensor::zeros([2, 3]).to_dtype(tensor::DType::I64));
/// perplexity.update(tensor::zeros([1, 3, 5]), [[4i64, 2, 1]]);
/// assert!((perplexity.compute() - 5.0).abs() < 1e-14);
/// ```
#[derive(Clone, Debug)]
pub struct Perplexity {
    ignore_index: Option<i64>,
    losses: MeanMetric,
}

impl Perplexity {
    /// Targets that equal `ignore_index` do not count.
    pub fn new(ignore_index: Option<i64>) -> Perplexity {
        Perplexity { ignore_index, losses: MeanMetric::new() }
    }

    /// Adds a batch: logits `[…, vocabulary]`, and targets `[…]`.
    ///
    /// # Panics
    ///
    /// If the shapes do not fit together, or a target is outside of the vocabulary.
    #[track_caller]
    pub fn update(&mut self, logits: impl Into<Tensor>, targets: impl Into<Tensor>) {
        self.losses.update(token_losses(&logits.into(), &targets.into(), self.ignore_index));
    }

    /// The perplexity of all batches since the last reset; NaN before the first.
    pub fn compute(&self) -> f64 {
        self.losses.compute().exp()
    }

    /// Forgets all batches.
    pub fn reset(&mut self) {
        self.losses.reset();
    }
}
