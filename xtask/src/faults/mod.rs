//! `faults`: what becomes of a training run on several ranks when something happens to one of them.

mod case;
pub(crate) mod hosts;
mod phase;
mod points;
mod program;
mod run;
mod stranger;
mod switch;
mod table;
mod team;

use std::time::Duration;

use clap::Args;
use tensor::Generator;

use crate::Result;
use case::{RANKS, cases, link_cases};
use hosts::{Hosts, Quality};
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
    /// How many runs. Default 100; on several hosts, three for each
    #[arg(long)]
    runs: Option<usize>,
    /// Where the moments within phases are drawn from
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Only faults and phases whose names in the table contain this
    #[arg(long)]
    only: Option<String>,
    /// Distribute the ranks over so many hosts, which are network namespaces (root, Linux, iproute2), and cut
    /// their links
    #[arg(long, value_parser = clap::value_parser!(u32).range(2..=4))]
    hosts: Option<u32>,
    /// How long a packet is on its way from one host to another, such as `5ms`
    #[arg(long, requires = "hosts", value_parser = delay, default_value = "0ms")]
    delay: Duration,
    /// The share of packets that are lost, such as `1%`
    #[arg(long, requires = "hosts", value_parser = loss, default_value = "0%")]
    loss: f64,
}

fn delay(text: &str) -> Result<Duration> {
    let number = text.strip_suffix("ms").ok_or("a number and `ms` is wanted")?;
    Ok(Duration::try_from_secs_f64(number.parse::<f64>()? / 1e3)?)
}

fn loss(text: &str) -> Result<f64> {
    let number: f64 = text.strip_suffix('%').ok_or("a number and `%` is wanted")?.parse()?;
    match (0.0..100.0).contains(&number) {
        true => Ok(number / 100.0),
        false => Err("it is from 0 % to less than 100 %".into()),
    }
}

impl Faults {
    pub(crate) fn run(self) -> Result<()> {
        let mut generator = Generator::new(self.seed);
        let (hosts, cases) = match self.hosts {
            None => (Hosts::here(), cases(self.runs.unwrap_or(100), &mut generator)),
            Some(count) => {
                let quality = Quality { delay: self.delay, loss: self.loss };
                let hosts = Hosts::new(count, quality)?;
                let large = quality == Quality::default();
                (hosts, link_cases(count, large, self.runs.unwrap_or(0), &mut generator))
            }
        };
        let folder = tempfile::tempdir()?;
        let reference = Reference::new(folder.path())?;
        let mut table = Table::default();
        let mut failed = 0;
        let wanted = |name: &str| self.only.as_ref().is_none_or(|only| name.contains(only.as_str()));
        for (number, case) in cases.iter().enumerate().filter(|(_, case)| wanted(&table::name(case))) {
            let folder = tempfile::tempdir()?;
            match run(case, &hosts, &reference, folder.path()) {
                Ok(outcome) => {
                    let mut messages = outcome.messages.clone();
                    messages.dedup();
                    let name = table::name(case);
                    eprintln!("run {number}, {name}, rank {}: {}", case.victim, messages.join("; "));
                    table.add(case, outcome);
                }
                Err(error) => {
                    failed += 1;
                    eprintln!("run {number}, {case:?}: {error}");
                }
            }
        }
        println!("{RANKS} ranks over {}\n", hosts.link());
        table.print();
        match failed {
            0 => Ok(()),
            _ => Err(format!("{failed} runs failed").into()),
        }
    }
}
