use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use nn::generation::SamplingOptions;

use crate::{Corpus, Failure, Result, StepOptions, StepResults, at_least_one, learning_rate};

/// The options of programs that learn a text: what they learn from, and what they write in the end. `STEPS`,
/// `BATCH` and `LENGTH` are what this one takes unless told otherwise.
#[derive(Args, Clone, Debug)]
pub struct TextOptions<const STEPS: usize, const BATCH: usize, const LENGTH: usize> {
    /// What all programs of steps have.
    #[command(flatten)]
    pub run: StepOptions<STEPS>,

    /// A text file to learn, in UTF-8. Default: Shakespeare's As You Like It, which is in the program
    #[arg(long, value_name = "FILE")]
    pub text: Option<PathBuf>,

    /// Pieces of text in a batch
    #[arg(long, value_name = "N", default_value_t = BATCH, value_parser = at_least_one)]
    pub batch_size: usize,

    /// Characters in a piece
    #[arg(long, value_name = "N", default_value_t = LENGTH, value_parser = at_least_one)]
    pub length: usize,

    /// Learning rate
    #[arg(long, value_name = "NUMBER", default_value_t = 3e-3, value_parser = learning_rate)]
    pub lr: f64,

    /// What the text that is written begins with
    #[arg(long, value_name = "TEXT", default_value = "\n")]
    pub prompt: String,

    /// How many characters to write
    #[arg(long, value_name = "N", default_value_t = 400)]
    pub sample: usize,

    /// Below 1 likely characters become likelier, above 1 less likely
    #[arg(long, value_name = "NUMBER", default_value_t = 0.8)]
    pub temperature: f64,
}

impl<const STEPS: usize, const BATCH: usize, const LENGTH: usize> TextOptions<STEPS, BATCH, LENGTH> {
    /// Looks at everything that could stop the program later, opens the text, and seeds the random numbers.
    ///
    /// # Errors
    /// If an output cannot be written, the text not be read, or the prompt has other characters.
    pub fn prepare(&self) -> Result<(Corpus, Vec<i64>)> {
        if !(self.temperature > 0.0 && self.temperature.is_finite()) {
            return Err(Failure::new(format!(
                "--temperature {}: must be above 0, and finite",
                self.temperature
            )));
        }
        let corpus = Corpus::open(self.text.as_deref(), self.batch_size.max(self.length) + 1)?;
        let prompt = corpus.prompt(&self.prompt)?;
        self.run.prepare()?;
        Ok((corpus, prompt))
    }

    /// How the next character is drawn.
    pub fn sampling(&self) -> SamplingOptions {
        SamplingOptions { temperature: self.temperature, ..Default::default() }
    }
}

/// The losses of a training, shown as they come.
pub struct TextRun {
    losses: Vec<f64>,
    start: Instant,
    shown: bool,
}

/// Steps between two lines.
const EVERY: usize = 100;

impl TextRun {
    /// Begins now.
    #[expect(clippy::new_without_default, reason = "a clock starts")]
    pub fn new() -> Self {
        Self { losses: Vec::new(), start: Instant::now(), shown: true }
    }

    /// Shows nothing, unless `shown`: of several ranks one does.
    pub fn shown(self, shown: bool) -> Self {
        Self { shown, ..self }
    }

    /// Steps so far.
    pub fn steps(&self) -> usize {
        self.losses.len()
    }

    /// Counts a step; every hundredth prints a line with the mean of the loss since the one before.
    pub fn step(&mut self, loss: f64) {
        self.losses.push(loss);
        let steps = self.losses.len();
        if self.shown && steps.is_multiple_of(EVERY) {
            let mean = self.losses[steps - EVERY..].iter().sum::<f64>() / EVERY as f64;
            println!("step: {steps}, loss: {mean:.4}");
        }
    }

    /// Ends the training of the program `name`: prints the loss on text that was held back, writes the
    /// results and draws the losses.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn finish<const STEPS: usize, const SEED: u64>(
        self,
        name: &str,
        options: &StepOptions<STEPS, SEED>,
        corpus: &Corpus,
        held_back: f64,
    ) -> Result {
        let train_seconds = self.start.elapsed().as_secs_f64();
        println!("loss on the text's last tenth: {held_back:.4}");
        let results =
            StepResults { seed: options.seed, dataset: &corpus.name, losses: &self.losses, train_seconds };
        results.write(options.json.as_deref())?;
        results.draw(&options.plot, name)
    }
}
