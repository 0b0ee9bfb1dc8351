//! `faults`: what becomes of a training run on several ranks when something happens to one of them.

mod case;
mod hosts;
mod phase;
mod points;
mod program;
mod run;
mod stranger;
mod table;
mod team;

use clap::Args;
use tensor::Generator;

use crate::Result;
use case::cases;
use hosts::Hosts;
pub(crate) use program::FaultsRank;
use run::{Reference, run};
use table::Table;

/// Kill, stop and confuse ranks of a small training run, and see that all end and nothing is lost
///
/// Each run starts four processes and lets something happen to one of them. All others have to end by
/// themselves within the time limit, naming the rank and the reason; the checkpoint has to be one of an
/// undisturbed run; and another number of ranks goes on from it to an end with the same bits.
#[derive(Args)]
pub(crate) struct Faults {
    /// How many runs
    #[arg(long, default_value_t = 100)]
    runs: usize,
    /// Where the moments within phases are drawn from
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Only faults and phases whose names in the table contain this
    #[arg(long)]
    only: Option<String>,
}

impl Faults {
    pub(crate) fn run(self) -> Result<()> {
        let hosts = Hosts;
        let folder = tempfile::tempdir()?;
        let reference = Reference::new(&hosts, folder.path())?;
        let mut table = Table::default();
        let mut failed = 0;
        let cases = cases(self.runs, &mut Generator::new(self.seed));
        let wanted = |name: &str| self.only.as_ref().is_none_or(|only| name.contains(only.as_str()));
        for (number, case) in cases.iter().enumerate().filter(|(_, case)| wanted(&table::name(case))) {
            let folder = tempfile::tempdir()?;
            match run(case, &hosts, &reference, folder.path()) {
                Ok(outcome) => table.add(case, outcome),
                Err(error) => {
                    failed += 1;
                    eprintln!("run {number}, {case:?}: {error}");
                }
            }
        }
        table.print();
        match failed {
            0 => Ok(()),
            _ => Err(format!("{failed} runs failed").into()),
        }
    }
}
