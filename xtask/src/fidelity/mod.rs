//! `cargo xtask fidelity`: the tutorial's training runs, and those of nets for images
//! and sequences, here and in torch, loss by loss.

mod compare;
mod report;
mod runs;

use std::path::PathBuf;

use crate::torch::{Torch, raw_digits};
use crate::{Result, release};
use compare::Comparison;
use datasets::Dataset;
use examples::{ImageRun, SequenceRun, Source, data_tf};
use runs::{Losses, NETS, Run};

/// Steps of a net for images or sequences that are compared.
const NET_STEPS: usize = 200;

/// Compares training runs with torch's, loss by loss
///
/// Both nets of the tutorial, each of the six optimizers, from the same seed: every one of the first 300
/// losses, the mean of the first epoch, and later epochs beside torch's distance from itself (on one thread
/// and on two); then the first 200 losses of nets for images and for sequences. Prints Markdown. Orders of
/// sums and roundings are torch's on this processor; with RUSHLIGHT_ROUNDING=intel (or amd) both sides have
/// those.
#[derive(clap::Args)]
pub(crate) struct Fidelity {
    /// A Python with torch and numpy
    #[arg(long, value_name = "PATH")]
    python: Option<PathBuf>,
    /// Folder that holds MNIST/raw. Default: ./data if MNIST is there, else the
    /// embedded sample of 10,000 digits
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Keep all losses in a file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// How long to train
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    epochs: u32,
}

impl Fidelity {
    pub(crate) fn run(self) -> Result<()> {
        let Some(python) = &self.python else {
            return Err(
                "--python PATH is missing: a Python that has torch and numpy, to compare with, such as \
                        `--python python3` after `pip install torch numpy`"
                    .into(),
            );
        };
        if release::MISSING {
            return release::again();
        }
        let digits = Source::find(self.data.as_deref())?.train(data_tf())?;
        let folder = raw_digits(&digits)?;
        let start = || Torch::start(python, "fidelity/runs.py", folder.path());
        let version = start()?.ask("version")?;

        // Torch works through all the runs of a net on its own while we do; nothing is timed.
        let mut comparisons = Vec::new();
        let mut started = Vec::new();
        for net in NETS {
            let (mut one, mut two) = (start()?, start()?);
            for run in Run::all(net) {
                one.tell(&run.command(self.epochs, 1))?;
                two.tell(&run.command(self.epochs, 2))?;
            }
            started.push((net, one, two));
        }
        for (net, mut one, mut two) in started {
            for run in Run::all(net) {
                eprint!("{run} …");
                let ours = run.losses(&digits, self.epochs);
                eprint!(" here …");
                let [one, two] = [Losses::parse(&one.hear()?)?, Losses::parse(&two.hear()?)?];
                eprintln!(" torch");
                let label = format!("{} | {} | {}", run.net(), run.optimizer, run.lr);
                comparisons.push(Comparison { label, ours, one, two });
            }
        }
        let steps = NET_STEPS.min(digits.len() / 64);
        let compare = |kind: &str, label: String, ours: Vec<f64>| -> Result<Comparison> {
            eprintln!("{label} …");
            let torch =
                |threads: usize| Losses::parse(&start()?.ask(&format!("{kind} {label} {steps} {threads}"))?);
            let ours = Losses { steps: ours, epochs: Vec::new() };
            Ok(Comparison { ours, one: torch(1)?, two: torch(2)?, label })
        };
        let images = ImageRun::ALL.map(|run| compare("images", run.name(), run.losses(&digits, steps)));
        let images = images.into_iter().collect::<Result<Vec<_>>>()?;
        let sequences =
            SequenceRun::ALL.map(|run| compare("sequences", run.name(), run.losses(&digits, steps)));
        let sequences = sequences.into_iter().collect::<Result<Vec<_>>>()?;
        report::print(&version, digits.len(), &comparisons, &images, &sequences);
        if let Some(path) = &self.json {
            report::write_json(path, &version, comparisons.iter().chain(&images).chain(&sequences))?;
        }
        Ok(())
    }
}
