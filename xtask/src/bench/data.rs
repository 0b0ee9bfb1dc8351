//! The digits that the epochs run over: the embedded sample repeated to MNIST's 60,000, for both sides.

use std::path::Path;

use datasets::{Mnist, Subset};
use tempfile::TempDir;
use tensor::Tensor;

use crate::Result;
use crate::torch::raw_digits;

/// Images in an epoch.
pub(super) const SAMPLES: usize = 60_000;

pub(super) struct Data {
    folder: TempDir,
}

impl Data {
    /// Writes the sample's raw bytes where the torch side reads them.
    pub(super) fn write() -> Result<Data> {
        let folder = raw_digits(&Mnist::embedded_train(datasets::transforms![]))?;
        Ok(Data { folder })
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The data set as a user writes it: bytes, transformed sample by sample.
    pub(super) fn digits() -> Subset<Mnist> {
        let digits = Mnist::embedded_train(datasets::transforms![
            datasets::transforms::ToTensor,
            datasets::transforms::Normalize::new(0.5, 0.5),
            datasets::transforms::Flatten
        ]);
        let n = datasets::Dataset::len(&digits);
        Subset::new(digits, (0..SAMPLES).map(|i| i % n).collect::<Vec<_>>())
    }

    /// All images, transformed, `[60000, 784]`, and labels `[60000]`.
    pub(super) fn preloaded() -> (Tensor, Tensor) {
        datasets::Dataset::batch(&Data::digits(), &(0..SAMPLES).collect::<Vec<_>>())
    }
}
