//! Sums over ranks. Each side is one process for every rank, or one of several threads; they live as long as
//! all sizes take, and are asked for samples in alternation.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::{available_parallelism, sleep};
use std::time::{Duration, Instant};

use clap::ValueEnum;
use distributed::{Communicator, Tcp, Threads};

use super::SETTLE;
use super::report::{Report, median};
use crate::Result;
use crate::torch::Torch;

pub(super) const LETTER: char = 'Y';

/// Bytes of f32.
const SIZES: [usize; 6] = [4 << 10, 64 << 10, 1 << 20, 4 << 20, 16 << 20, 64 << 20];

/// Where there are as many processors.
const RANKS: [usize; 2] = [2, 4];

/// The least time before a sample: idle processors take milliseconds to come back.
const WARM_UP: Duration = Duration::from_millis(25);

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Engine {
    Threads,
    Tcp,
}

/// Times all sizes, with as many ranks as there are processors.
pub(super) fn measure(python: Option<&Path>, rounds: u32, report: &mut Report) -> Result<()> {
    let processors = available_parallelism()?.get();
    for ranks in RANKS.into_iter().filter(|ranks| *ranks <= processors) {
        let mut sides = Vec::new();
        for engine in Engine::value_variants() {
            sides.push((format!("{engine:?}"), Group::of(*engine, ranks)?));
        }
        if let Some(python) = python {
            sides.push(("torch, gloo".to_owned(), Group::of_torch(python, ranks)?));
        }
        for bytes in SIZES {
            eprint!("{LETTER} all-reduce of {bytes} bytes on {ranks} ranks …");
            let mut samples = vec![Vec::new(); sides.len()];
            for _ in 0..rounds {
                for ((_, group), samples) in sides.iter_mut().zip(&mut samples) {
                    sleep(SETTLE);
                    samples.push(group.first.ask(&bytes.to_string())?.parse()?);
                }
            }
            eprintln!(" done");
            let names = sides.iter().map(|(name, _)| &name[..]);
            let times: Vec<(&str, f64)> = names.zip(samples.iter().map(|samples| median(samples))).collect();
            report.add_sums(bytes, ranks, &times);
        }
    }
    Ok(())
}

/// The processes of one side. The first takes a number of bytes a line, and answers with seconds.
struct Group {
    first: Torch,
    others: Vec<Child>,
}

impl Group {
    fn of(engine: Engine, ranks: usize) -> Result<Group> {
        let name = engine.to_possible_value().expect("it has a name");
        let program = std::env::current_exe()?;
        let command = || {
            let mut command = Command::new(&program);
            command.args(["bench", "--rank-of", name.get_name()]);
            command
        };
        let processes = match engine {
            Engine::Threads => 1,
            Engine::Tcp => ranks,
        };
        Group::start(processes, ranks, command)
    }

    fn of_torch(python: &Path, ranks: usize) -> Result<Group> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bench/sums.py");
        Group::start(ranks, ranks, || {
            let mut command = Command::new(python);
            command.arg(&script);
            command
        })
    }

    fn start(processes: usize, ranks: usize, command: impl Fn() -> Command) -> Result<Group> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let rank = |rank: usize| {
            let mut command = command();
            command.env("MASTER_ADDR", "127.0.0.1").env("MASTER_PORT", port.to_string());
            command.env("WORLD_SIZE", ranks.to_string()).env("RANK", rank.to_string());
            command
        };
        let mut group = Group { first: Torch::spawn(&mut rank(0))?, others: Vec::new() };
        for other in 1..processes {
            group.others.push(rank(other).stdin(Stdio::null()).stdout(Stdio::null()).spawn()?);
        }
        Ok(group)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        for other in &mut self.others {
            let _ = other.kill(); // it may have ended
            let _ = other.wait();
        }
    }
}

/// The life of a rank, or of all if they are threads.
pub(super) fn serve(engine: Engine) -> Result<()> {
    tensor::set_num_threads(1);
    match engine {
        Engine::Threads => {
            let ranks = std::env::var("WORLD_SIZE")?.parse()?;
            Threads::run(ranks, |comm| rank(&*comm))?.into_iter().collect::<distributed::Result<()>>()?;
        }
        Engine::Tcp => rank(&*Tcp::from_env()?)?,
    }
    Ok(())
}

/// Takes a sample whenever rank 0 is told a number of bytes.
fn rank(comm: &dyn Communicator) -> distributed::Result<()> {
    loop {
        let mut bytes = vec![0u64];
        if comm.rank() == 0 {
            let mut line = String::new();
            // Nothing is the end.
            bytes[0] = std::io::stdin().read_line(&mut line).map_or(0, |_| line.trim().parse().unwrap_or(0));
        }
        comm.broadcast(0, &mut bytes)?;
        if bytes[0] == 0 {
            return Ok(());
        }
        let seconds = sample(comm, bytes[0] as usize)?;
        if comm.rank() == 0 {
            println!("{seconds}");
        }
    }
}

/// The median of the seconds that a sum takes on this rank, when all begin together.
fn sample(comm: &dyn Communicator, bytes: usize) -> distributed::Result<f64> {
    let mut x = vec![0f32; bytes / size_of::<f32>()];
    let begin = Instant::now();
    let mut warm = vec![0u8];
    while warm[0] == 0 {
        comm.all_reduce(&mut x)?;
        warm[0] = u8::from(begin.elapsed() > WARM_UP);
        comm.broadcast(0, &mut warm)?;
    }
    let mut times = Vec::new();
    for _ in 0..((64 << 20) / bytes).clamp(5, 200) {
        comm.barrier()?;
        let begin = Instant::now();
        comm.all_reduce(&mut x)?;
        times.push(begin.elapsed().as_secs_f64());
    }
    Ok(median(&times))
}
