//! What ranks do together: sums and training steps. Each side is one process for every rank, or one of
//! several threads; they live as long as all of its samples take, and are asked for them in alternation.

mod group;
#[cfg(feature = "mpi")]
mod open_mpi;
mod steps;
mod sums;

use std::path::Path;
use std::sync::Arc;
use std::thread::{available_parallelism, sleep};
use std::time::Duration;

use clap::ValueEnum;
#[cfg(feature = "mpi")]
use distributed::Mpi;
use distributed::{Communicator, Tcp, Threads};

use super::SETTLE;
use super::report::{Report, median};
use crate::Result;
use group::Group;
use steps::How;

pub(super) const SUMS: char = 'Y';
pub(super) const STEPS: char = 'Z';

/// The least time before a sample: idle processors take milliseconds to come back.
const WARM_UP: Duration = Duration::from_millis(25);

/// Who carries the messages.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
pub(super) enum Engine {
    Threads,
    Tcp,
    #[cfg(feature = "mpi")]
    Mpi,
    /// No engine of ours, but the MPI library's own sums.
    #[cfg(feature = "mpi")]
    OpenMpi,
}

impl Engine {
    fn name(self) -> &'static str {
        match self {
            Engine::Threads => "Threads",
            Engine::Tcp => "Tcp",
            #[cfg(feature = "mpi")]
            Engine::Mpi => "Mpi",
            #[cfg(feature = "mpi")]
            Engine::OpenMpi => "Open MPI's own",
        }
    }

    /// Whether it trains, too.
    fn is_ours(self) -> bool {
        match self {
            Engine::Threads | Engine::Tcp => true,
            #[cfg(feature = "mpi")]
            Engine::Mpi => true,
            #[cfg(feature = "mpi")]
            Engine::OpenMpi => false,
        }
    }
}

/// Times all sizes of sums, with as many ranks as there are processors.
pub(super) fn measure_sums(python: Option<&Path>, rounds: u32, report: &mut Report) -> Result<()> {
    let processors = available_parallelism()?.get();
    for ranks in sums::RANKS.into_iter().filter(|ranks| *ranks <= processors) {
        let engines = Engine::value_variants().iter().copied();
        let mut sides = sides(engines, python, ranks)?;
        for bytes in sums::SIZES {
            eprint!("{SUMS} all-reduce of {bytes} bytes on {ranks} ranks …");
            let times = times(&mut sides, &[format!("sum {bytes}")], rounds)?.concat();
            eprintln!(" done");
            let names = sides.iter().map(|(name, _)| &name[..]);
            report.add_sums(bytes, ranks, &names.zip(times).collect::<Vec<_>>());
        }
    }
    Ok(())
}

/// Times the steps of all nets, on as many ranks as there are processors.
pub(super) fn measure_steps(python: Option<&Path>, rounds: u32, report: &mut Report) -> Result<()> {
    let ranks = available_parallelism()?.get();
    let engines = Engine::value_variants().iter().copied().filter(|engine| engine.is_ours());
    let mut sides = sides(engines, python, ranks)?;
    for net in &steps::NETS {
        eprint!("{STEPS} {} on {ranks} ranks …", net.title);
        let commands: Vec<String> = How::value_variants().iter().map(|how| net.command(*how)).collect();
        let times = times(&mut sides, &commands, rounds)?;
        eprintln!(" done");
        let names = sides.iter().map(|(name, _)| &name[..]);
        report.add_steps(net.title, ranks, python.is_some(), &names.zip(times).collect::<Vec<_>>());
    }
    Ok(())
}

/// The medians of samples that the groups take in alternation.
fn times(sides: &mut [(String, Group)], commands: &[String], rounds: u32) -> Result<Vec<Vec<f64>>> {
    let mut samples = vec![vec![Vec::new(); commands.len()]; sides.len()];
    for _ in 0..rounds {
        for (command, at) in commands.iter().zip(0..) {
            for ((_, group), samples) in sides.iter_mut().zip(&mut samples) {
                sleep(SETTLE);
                samples[at].push(group.sample(command)?);
            }
        }
    }
    Ok(samples.iter().map(|side| side.iter().map(|samples| median(samples)).collect()).collect())
}

/// A group for each engine, and torch's, with their names.
fn sides(
    engines: impl Iterator<Item = Engine>,
    python: Option<&Path>,
    ranks: usize,
) -> Result<Vec<(String, Group)>> {
    let ours = engines.map(|engine| Ok((engine.name().to_owned(), Group::of(engine, ranks)?)));
    let theirs = python.map(|python| Ok(("torch, gloo".to_owned(), Group::of_torch(python, ranks)?)));
    ours.chain(theirs).collect()
}

/// The life of a rank, or of all if they are threads.
pub(super) fn serve(engine: Engine) -> Result<()> {
    tensor::set_num_threads(1);
    match engine {
        Engine::Threads => {
            let ranks = std::env::var("WORLD_SIZE")?.parse()?;
            Threads::run(ranks, rank)?.into_iter().collect::<distributed::Result<()>>()?;
        }
        Engine::Tcp => rank(Tcp::from_env()?)?,
        #[cfg(feature = "mpi")]
        Engine::Mpi => rank(Mpi::world()?)?,
        #[cfg(feature = "mpi")]
        Engine::OpenMpi => open_mpi::serve()?,
    }
    Ok(())
}

/// Takes a sample whenever rank 0 is told what of.
fn rank(comm: Arc<dyn Communicator>) -> distributed::Result<()> {
    loop {
        let mut line = if comm.rank() == 0 { told().into_bytes() } else { Vec::new() };
        comm.broadcast(0, &mut line)?;
        let line = String::from_utf8_lossy(&line);
        let seconds = match line.split_whitespace().collect::<Vec<_>>()[..] {
            ["sum", bytes] => sums::sample(&*comm, bytes.parse().expect("a number of bytes"))?,
            ["step", net, how] => steps::sample(&comm, net, how, None)?,
            ["step", net, how, bucket_bytes] => {
                steps::sample(&comm, net, how, Some(bucket_bytes.parse().expect("a number of bytes")))?
            }
            _ => return Ok(()),
        };
        if comm.rank() == 0 {
            println!("{seconds}");
        }
    }
}

/// The next command; nothing is the end.
fn told() -> String {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_or(String::new(), |_| line)
}
