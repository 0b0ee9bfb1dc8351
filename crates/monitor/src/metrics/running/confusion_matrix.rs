use tensor::Tensor;

use super::classes::Decision;
use crate::metrics::Normalize;
use crate::metrics::confusion_matrix::shares;

/// How many samples of each class were taken for which: `[i, j]` counts those of class `i` that a model
/// calls `j`, as [`confusion_matrix`](crate::metrics::confusion_matrix()).
///
/// Predictions are classes, or scores of which the highest counts, `[n, classes, …]`; of two classes also
/// the scores of class 1, `[n]`, above or below 0.5.
///
/// ```
/// use monitor::metrics::running::ConfusionMatrix;
/// let mut matrix = ConfusionMatrix::new(3);
/// matrix.update([0i64, 0, 2], [2i64, 0, 2]);
/// matrix.update([2i64, 0, 2], [2i64, 0, 1]);
/// assert_eq!(matrix.compute().to_string(), "tensor([[2, 0, 0],\n        [0, 0, 1],\n        [1, 0, 2]])");
/// ```
#[derive(Clone, Debug)]
pub struct ConfusionMatrix {
    normalize: Option<Normalize>,
    classes: usize,
    counts: Vec<i64>,
}

impl ConfusionMatrix {
    /// Of so many classes, as counts.
    ///
    /// # Panics
    ///
    /// If there are fewer than two classes.
    #[track_caller]
    pub fn new(num_classes: usize) -> ConfusionMatrix {
        ConfusionMatrix::with(num_classes, None)
    }

    /// Of so many classes, as shares.
    ///
    /// # Panics
    ///
    /// If there are fewer than two classes.
    #[track_caller]
    pub fn with(num_classes: usize, normalize: impl Into<Option<Normalize>>) -> ConfusionMatrix {
        assert!(num_classes >= 2, "{num_classes} classes: there are at least two");
        let normalize = normalize.into();
        ConfusionMatrix { normalize, classes: num_classes, counts: vec![0; num_classes * num_classes] }
    }

    /// Adds a batch: predictions first, then what is true.
    ///
    /// # Panics
    ///
    /// If the shapes do not fit together, or a class is not among the expected ones.
    #[track_caller]
    pub fn update(&mut self, preds: impl Into<Tensor>, target: impl Into<Tensor>) {
        let decision = Decision { classes: self.classes, threshold: 0.5, top_k: 1, ignore_index: None };
        for (t, p) in decision.pairs(&preds.into(), &target.into()) {
            self.counts[t * self.classes + p] += 1;
        }
    }

    /// `[classes, classes]`, I64 of counts and F64 of shares.
    pub fn compute(&self) -> Tensor {
        let shape = [self.classes; 2];
        match self.normalize {
            None => Tensor::from_slice(&self.counts, shape),
            Some(normalize) => Tensor::from_vec(shares(&self.counts, self.classes, normalize), shape),
        }
    }

    /// Forgets all batches.
    pub fn reset(&mut self) {
        self.counts.fill(0);
    }
}
