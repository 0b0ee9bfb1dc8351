use std::path::Path;

use datasets::Dataset;
use serde::Serialize;

use crate::{Data, Result, Run, output};

/// The results as `--json` writes them: every number unrounded.
#[derive(Serialize)]
pub struct Results<'a> {
    seed: u64,
    dataset: &'static str,
    train_samples: usize,
    test_samples: usize,
    runs: &'a [Run],
}

impl<'a> Results<'a> {
    /// The results of these runs.
    pub fn new(seed: u64, data: &Data, runs: &'a [Run]) -> Self {
        Results::of(seed, data.source.name(), [data.train.len(), data.test.len()], runs)
    }

    /// The results of these runs on so many training and test samples of a dataset.
    pub fn of(seed: u64, dataset: &'static str, samples: [usize; 2], runs: &'a [Run]) -> Self {
        let [train_samples, test_samples] = samples;
        Results { seed, dataset, train_samples, test_samples, runs }
    }

    /// Writes them to the file, if one is wanted.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&self, file: Option<&Path>) -> Result {
        let Some(file) = file else { return Ok(()) };
        output::write(file, &(serde_json::to_string_pretty(self)? + "\n"))?;
        println!("results: {}", file.display());
        Ok(())
    }
}
