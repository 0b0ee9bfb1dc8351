use std::path::{Path, PathBuf};

use clap::Args;
use datasets::transforms::Compose;

use crate::{Data, Ranks, Result, Source, data_tf, output};

/// The options that all training programs have; `EPOCHS`, `SEED` and `BATCH` are what this one takes unless
/// told otherwise.
#[derive(Args, Clone, Debug)]
pub struct TrainOptions<const EPOCHS: usize, const SEED: u64 = 0, const BATCH: usize = 64> {
    /// Folder that holds MNIST/raw. Default: ./data if MNIST is there, else the
    /// sample embedded in the library
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,

    /// Seed of all random numbers: the first weights and the order of the samples. The same as in PyTorch
    #[arg(long, value_name = "N", default_value_t = SEED)]
    pub seed: u64,

    /// How often to go through the training samples
    #[arg(long, value_name = "N", default_value_t = EPOCHS)]
    pub epochs: usize,

    /// Training samples in a batch
    #[arg(long, value_name = "N", default_value_t = BATCH, value_parser = at_least_one)]
    pub batch_size: usize,

    /// Train on the first N samples only
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub limit: Option<usize>,

    /// Threads to compute with; the results are the same for any number. Default: one per core
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<usize>,

    /// Write losses, accuracies and times to this file
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,

    /// Folder for the pictures
    #[arg(long, value_name = "DIR", default_value = "out")]
    pub plot: PathBuf,
}

impl<const EPOCHS: usize, const SEED: u64, const BATCH: usize> TrainOptions<EPOCHS, SEED, BATCH> {
    /// Looks at everything that could stop the program later, so that it stops before
    /// the work; then opens the data and prints which.
    ///
    /// # Errors
    /// If an output cannot be written, or the data cannot be read.
    pub fn prepare(&self) -> Result<Data> {
        self.prepare_with(data_tf)
    }

    /// [`Self::prepare`] for a net that takes its digits otherwise.
    ///
    /// # Errors
    /// As [`Self::prepare`].
    pub fn prepare_with(&self, transform: fn() -> Compose) -> Result<Data> {
        self.prepare_on(&Ranks::Threads(1), transform)
    }

    /// [`Self::prepare_with`] for these ranks, of which one prints.
    ///
    /// # Errors
    /// As [`Self::prepare`].
    pub fn prepare_on(&self, ranks: &Ranks, transform: fn() -> Compose) -> Result<Data> {
        self.prepare_outputs()?;
        let data = Data::open(Source::find(self.data.as_deref())?, self.limit, transform)?;
        if ranks.has_first() {
            println!("{data}");
        }
        Ok(data)
    }

    /// [`Self::prepare`] for a program that opens its data itself.
    ///
    /// # Errors
    /// If an output cannot be written.
    pub fn prepare_outputs(&self) -> Result {
        prepare(&self.plot, self.json.as_deref(), self.threads)
    }
}

/// The options of PyTorch's two examples for MNIST, `mnist` and `mnist_rnn`; `EPOCHS` is what this one takes
/// unless told otherwise.
#[derive(Args, Clone, Debug)]
pub struct MnistOptions<const EPOCHS: usize> {
    /// What all training programs have.
    #[command(flatten)]
    pub train: TrainOptions<EPOCHS, 1>,

    /// Learning rate of the first epoch
    #[arg(long, value_name = "NUMBER", default_value_t = 1.0, value_parser = learning_rate)]
    pub lr: f64,

    /// What the learning rate is multiplied by after each epoch
    #[arg(long, value_name = "NUMBER", default_value_t = 0.7)]
    pub gamma: f64,

    /// Go through the samples in their order
    #[arg(long)]
    pub no_shuffle: bool,
}

/// The options of programs that count steps instead of epochs; `STEPS` and `SEED` are what this one takes
/// unless told otherwise.
#[derive(Args, Clone, Debug)]
pub struct StepOptions<const STEPS: usize, const SEED: u64 = 0> {
    /// Seed of all random numbers. The same as in PyTorch
    #[arg(long, value_name = "N", default_value_t = SEED)]
    pub seed: u64,

    /// How many steps the optimizer makes
    #[arg(long, value_name = "N", default_value_t = STEPS)]
    pub steps: usize,

    /// Threads to compute with; the results are the same for any number. Default: one per core
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<usize>,

    /// Write losses and times to this file
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,

    /// Folder for the pictures
    #[arg(long, value_name = "DIR", default_value = "out")]
    pub plot: PathBuf,
}

impl<const STEPS: usize, const SEED: u64> StepOptions<STEPS, SEED> {
    /// Looks at everything that could stop the program later, and seeds the random numbers.
    ///
    /// # Errors
    /// If an output cannot be written.
    pub fn prepare(&self) -> Result {
        prepare(&self.plot, self.json.as_deref(), self.threads)?;
        // torch.manual_seed(args.seed)
        tensor::manual_seed(self.seed);
        Ok(())
    }
}

fn prepare(plot: &Path, json: Option<&Path>, threads: Option<usize>) -> Result {
    output::check_folder(plot)?;
    json.map_or(Ok(()), output::check_file)?;
    if let Some(threads) = threads {
        tensor::set_num_threads(threads);
    }
    Ok(())
}

/// Reads a whole number from 1 on.
///
/// # Errors
/// If it is something else.
pub fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("must be at least 1".into()),
        Ok(n) => Ok(n),
        Err(_) => Err("not a whole number".into()),
    }
}

/// Reads `--threads`: 1 to 1024.
///
/// # Errors
/// If it is something else.
pub fn threads(text: &str) -> Result<usize, String> {
    match at_least_one(text)? {
        n @ ..=1024 => Ok(n),
        _ => Err("must be at most 1024".into()),
    }
}

/// Reads `--lr`: a number that is neither negative nor infinite.
///
/// # Errors
/// If it is something else.
pub fn learning_rate(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(lr) if (0.0..f64::INFINITY).contains(&lr) => Ok(lr),
        Ok(_) => Err("must be 0 or more, and finite".into()),
        Err(_) => Err("not a number".into()),
    }
}
