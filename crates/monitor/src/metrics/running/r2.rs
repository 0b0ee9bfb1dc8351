use tensor::Tensor;

use crate::metrics::regression::{Pairs, explained};
use crate::metrics::sums::mean;

/// R², the share of the variance that is explained, as [`r2_score`](crate::metrics::r2_score).
///
/// Of several outputs, `[n, outputs]`, the mean. NaN of fewer than two samples. The spread of what is true
/// is gathered around the mean of each batch, and so does not suffer from a mean that is large beside it
/// (Chan, Golub & LeVeque, 1979).
///
/// ```
/// use monitor::metrics::running::R2Score;
/// let mut r2 = R2Score::new();
/// r2.update([2.5, 0.0], [3.0, -0.5]);
/// r2.update([2.0, 8.0], [2.0, 7.0]);
/// assert!((r2.compute() - 0.9486081370449679).abs() < 1e-15);
/// ```
#[derive(Clone, Debug, Default)]
pub struct R2Score {
    samples: f64,
    outputs: Vec<Output>,
}

/// What is known of one output.
#[derive(Clone, Debug, Default)]
struct Output {
    mean: f64,
    /// Squared distances of what is true from its mean.
    spread: f64,
    /// Squared distances of what is true from what was predicted.
    residual: f64,
}

impl R2Score {
    /// Of nothing yet.
    pub fn new() -> R2Score {
        R2Score::default()
    }

    /// Adds a batch, `[n]` or `[n, outputs]`: predictions first, then what is true.
    ///
    /// # Panics
    ///
    /// With scikit-learn's words if the shapes do not fit together, or something is not finite; or if there
    /// are other outputs than before.
    #[track_caller]
    pub fn update(&mut self, preds: impl Into<Tensor>, target: impl Into<Tensor>) {
        let pairs = Pairs::of(target.into(), preds.into());
        let (k, before) = (pairs.outputs, self.outputs.len());
        assert!(self.samples == 0.0 || before == k, "{k} outputs, after batches of {before}");
        self.outputs.resize_with(k, Output::default);
        let n = pairs.samples as f64;
        let means = pairs.means(|t, _| t);
        let (spread, residual) = (pairs.spread(&means), pairs.residual());
        let total = self.samples + n;
        for (i, output) in self.outputs.iter_mut().enumerate() {
            let apart = means[i] - output.mean;
            output.spread += spread[i] + apart * apart * (self.samples * n / total);
            output.mean += apart * (n / total);
            output.residual += residual[i];
        }
        self.samples = total;
    }

    /// The measure of all batches since the last reset.
    pub fn compute(&self) -> f64 {
        if self.samples < 2.0 {
            return f64::NAN;
        }
        let scores = self.outputs.iter().map(|output| explained(output.residual, output.spread));
        mean(&scores.collect::<Vec<_>>())
    }

    /// Forgets all batches.
    pub fn reset(&mut self) {
        *self = R2Score::new();
    }
}
