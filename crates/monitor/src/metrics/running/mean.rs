use tensor::{DType, Tensor};

use crate::metrics::regression::Pairs;
use crate::metrics::sums::sum;

/// A weighted mean of numbers as they come, such as the losses of batches.
///
/// NaN before the first update. Unlike torchmetrics' it does not pass over NaN: the mean is NaN then, too,
/// and the trouble is seen.
///
/// ```
/// use monitor::metrics::running::MeanMetric;
/// let mut loss = MeanMetric::new();
/// loss.update_weighted(2.0, 64.0); // the mean loss of 64 samples
/// loss.update_weighted(5.0, 32.0); // of the last batch
/// assert_eq!(loss.compute(), 3.0);
/// ```
#[derive(Clone, Debug, Default)]
pub struct MeanMetric {
    total: f64,
    weight: f64,
}

impl MeanMetric {
    /// Of nothing yet.
    pub fn new() -> MeanMetric {
        MeanMetric::default()
    }

    /// Adds a number, or each of a tensor.
    pub fn update(&mut self, value: impl Into<Tensor>) {
        self.update_weighted(value, 1.0);
    }

    /// Adds a number, or each of a tensor, with this weight.
    pub fn update_weighted(&mut self, value: impl Into<Tensor>, weight: f64) {
        let values: Vec<f64> = value.into().to_dtype(DType::F64).to_vec();
        self.total += weight * sum(&values);
        self.weight += weight * values.len() as f64;
    }

    /// The mean of all since the last reset.
    pub fn compute(&self) -> f64 {
        self.total / self.weight
    }

    /// Forgets all numbers.
    pub fn reset(&mut self) {
        *self = MeanMetric::new();
    }
}

/// Means of what sets predictions and truth apart.
macro_rules! distances {
    ($($(#[$doc:meta])* $Name:ident: $distance:expr;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, Default)]
            pub struct $Name(MeanMetric);

            impl $Name {
                /// Of nothing yet.
                pub fn new() -> Self {
                    Self::default()
                }

                /// Adds a batch, `[n]` or `[n, outputs]`: predictions first, then what is true.
                ///
                /// # Panics
                ///
                /// With scikit-learn's words if the shapes do not fit together, or something is not finite.
                #[track_caller]
                pub fn update(&mut self, preds: impl Into<Tensor>, target: impl Into<Tensor>) {
                    let pairs = Pairs::of(target.into(), preds.into());
                    self.0.update(pairs.map($distance));
                }

                /// The measure of all batches since the last reset; NaN before the first.
                pub fn compute(&self) -> f64 {
                    self.0.compute()
                }

                /// Forgets all batches.
                pub fn reset(&mut self) {
                    self.0.reset();
                }
            }
        )*
    };
}

distances! {
    /// The mean of the squared differences, as [`mean_squared_error`](crate::metrics::mean_squared_error).
    /// Its root is `compute().sqrt()`.
    ///
    /// ```
    /// use monitor::metrics::running::MeanSquaredError;
    /// let mut mse = MeanSquaredError::new();
    /// mse.update([2.5, 0.0], [3.0, -0.5]);
    /// mse.update([2.0, 8.0], [2.0, 7.0]);
    /// assert_eq!(mse.compute(), 0.375);
    /// ```
    MeanSquaredError: |t, p| (t - p) * (t - p);

    /// The mean of the absolute differences, as [`mean_absolute_error`](crate::metrics::mean_absolute_error).
    ///
    /// ```
    /// use monitor::metrics::running::MeanAbsoluteError;
    /// let mut mae = MeanAbsoluteError::new();
    /// mae.update([2.5, 0.0], [3.0, -0.5]);
    /// mae.update([2.0, 8.0], [2.0, 7.0]);
    /// assert_eq!(mae.compute(), 0.5);
    /// ```
    MeanAbsoluteError: |t, p| (t - p).abs();
}
