use std::path::Path;

use datasets::Dataset;
use serde::Serialize;

use crate::plot::lines;
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
        write(self, file)
    }
}

/// The results of a program that counts steps, as `--json` writes them.
#[derive(Serialize)]
pub struct StepResults<'a> {
    /// Of all random numbers.
    pub seed: u64,
    /// What was learned from.
    pub dataset: &'a str,
    /// The loss of every step.
    pub losses: &'a [f64],
    /// How long the training took.
    pub train_seconds: f64,
}

impl StepResults<'_> {
    /// As [`Results::write`].
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, file: Option<&Path>) -> Result {
        write(self, file)
    }

    /// Draws the losses into `folder`: `PROGRAM_loss.svg`.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn draw(&self, folder: &Path, program: &str) -> Result {
        let curve = (1..).map(f64::from).zip(self.losses.iter().copied()).collect();
        lines(&folder.join(format!("{program}_loss.svg")), "loss", "step", &[("loss", curve)])
    }
}

fn write(results: &impl Serialize, file: Option<&Path>) -> Result {
    let Some(file) = file else { return Ok(()) };
    output::write(file, &(serde_json::to_string_pretty(results)? + "\n"))?;
    println!("results: {}", file.display());
    Ok(())
}
