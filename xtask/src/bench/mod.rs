//! `cargo xtask bench`: the workloads that this library is measured by, beside torch's in alternation.

mod attention;
mod data;
mod images;
mod memory;
mod ranks;
mod report;
mod sequences;
mod sweep;
mod torch;
mod workloads;

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::{Result, release};
use data::Data;
use report::{Measurement, Report};
use workloads::{Row, rows};

/// Between two samples: OpenMP's threads spin for some milliseconds after torch's, on
/// processors that the next one needs.
const SETTLE: Duration = Duration::from_millis(40);

/// Variables that keep a process from AVX-512: the first is ours, the others torch's, whose process inherits
/// them.
const ONLY_AVX2: [(&str, &str); 4] = [
    ("RUSHLIGHT_ISA", "avx2"),
    ("ATEN_CPU_CAPABILITY", "avx2"),
    ("MKL_ENABLE_INSTRUCTIONS", "AVX2"),
    ("ONEDNN_MAX_CPU_ISA", "AVX2"),
];

/// Times the workloads of docs/benchmarks.md
///
/// With --python, each is run in torch too, sample by sample in alternation, so that a slow minute
/// of the machine hits both; the ratio of the medians is what counts. Built in release mode
/// whatever the profile of the command.
#[derive(clap::Args)]
pub(crate) struct Bench {
    /// A Python with torch and numpy, to compare with
    #[arg(long, value_name = "PATH")]
    python: Option<PathBuf>,
    /// Keep the results in a file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Samples of each workload
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Thread counts, the default being 1 and as many as there are processors
    #[arg(long, value_name = "N,N", value_delimiter = ',')]
    threads: Vec<usize>,
    /// Only the rows whose letter is among these
    #[arg(long, value_name = "LETTERS")]
    only: Option<String>,
    /// Let both sides use no more than this instruction set
    #[arg(long, value_name = "ISA", value_parser = ["avx2"])]
    isa: Option<String>,
    /// Instead of the table: every kind of kernel at sizes from one to ten million, on 1
    /// thread and on each of --threads
    #[arg(long, conflicts_with_all = ["python", "json", "only"])]
    sweep: bool,
    /// Measure the peak memory of a row in this process: what the command starts for such rows
    #[arg(long, value_name = "LETTER", hide = true)]
    peak_of: Option<char>,
    /// Be a rank, or several: what the command starts for the rows about ranks
    #[arg(long, value_name = "ENGINE", hide = true)]
    rank_of: Option<ranks::Engine>,
}

impl Bench {
    pub(crate) fn run(self) -> Result<()> {
        if release::MISSING {
            return release::again();
        }
        if self.isa.is_some()
            && ONLY_AVX2.iter().any(|&(name, value)| std::env::var(name).as_deref() != Ok(value))
        {
            let again = Command::new(std::env::current_exe()?)
                .args(std::env::args_os().skip(1))
                .envs(ONLY_AVX2.iter().copied())
                .status()?;
            return if again.success() {
                Ok(())
            } else {
                Err(format!("the benchmark ended: {again}").into())
            };
        }
        if let Some(letter) = self.peak_of {
            return memory::print_peak(letter);
        }
        if let Some(engine) = self.rank_of {
            return ranks::serve(engine);
        }
        let threads = match &self.threads[..] {
            [] => vec![1, std::thread::available_parallelism()?.get()],
            given => given.to_vec(),
        };
        if self.sweep {
            sweep::run(&threads);
            return Ok(());
        }
        let data = Data::write()?;
        let mut report = Report::new(&threads, self.python.as_deref(), data.folder())?;
        let wanted = |letter: char| self.only.as_ref().is_none_or(|only| only.contains(letter));
        for row in rows().filter(|row| wanted(row.letter)) {
            for &threads in &threads {
                let measurement = self.measure(row, threads, &data)?;
                report.add(row, threads, measurement);
            }
        }
        for row in memory::ROWS.iter().filter(|row| wanted(row.letter)) {
            report.add_memory(row, row.measure(self.python.as_deref(), data.folder())?);
        }
        if wanted(ranks::SUMS) {
            ranks::measure_sums(self.python.as_deref(), self.rounds, &mut report)?;
        }
        if wanted(ranks::STEPS) {
            ranks::measure_steps(self.python.as_deref(), self.rounds, &mut report)?;
        }
        report.print();
        if let Some(path) = &self.json {
            report.write_json(path)?;
        }
        Ok(())
    }

    fn measure(&self, row: &Row, threads: usize, data: &Data) -> Result<Measurement> {
        eprint!("{} {} on {threads} …", row.letter, row.title);
        tensor::set_num_threads(threads);
        tensor::manual_seed(0);
        let mut ours = (row.prepare)(data, row.variant, threads);
        ours();
        let mut theirs = Vec::new();
        if let Some(python) = &self.python {
            for variant in row.torch_variants {
                let mut torch = torch::start(python, data.folder())?;
                torch::prepare(&mut torch, row.workload, variant, threads)?;
                theirs.push(torch);
            }
        }
        let mut samples = Vec::new();
        let mut torch_samples = vec![Vec::new(); theirs.len()];
        for _ in 0..self.rounds {
            std::thread::sleep(SETTLE);
            samples.push(ours());
            for (torch, samples) in theirs.iter_mut().zip(&mut torch_samples) {
                std::thread::sleep(SETTLE);
                samples.push(torch::sample(torch)?);
            }
        }
        eprintln!(" done");
        Ok(Measurement::new(row, &samples, &torch_samples))
    }
}
