//! `launch`: a program on several ranks of this machine.

use std::io::Write;
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;

use crate::Result;
use crate::ranks::{Place, Process, Ranks};

/// How long the other ranks have to end by themselves when one has failed: they say why.
const GRACE: Duration = Duration::from_secs(5);

/// Start a program once for each rank, and end all when one fails
///
/// Each gets torch's environment variables, by which `distributed::Tcp::from_env` finds the others, and one
/// thread for its kernels unless RAYON_NUM_THREADS says otherwise. Lines begin with the rank that printed
/// them.
#[derive(Args)]
pub(crate) struct Launch {
    /// How many
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    ranks: u32,
    /// The port where they meet; a free one unless it is given
    #[arg(long)]
    port: Option<u16>,
    /// The program and its arguments, after `--`
    #[arg(last = true, required = true)]
    command: Vec<String>,
}

impl Launch {
    pub(crate) fn run(self) -> Result<()> {
        let port = match self.port {
            Some(port) => port,
            None => TcpListener::bind("127.0.0.1:0")?.local_addr()?.port(),
        };
        let mut ranks = Ranks::default();
        for rank in 0..self.ranks {
            let mut program = Command::new(&self.command[0]);
            program.args(&self.command[1..]).stdin(Stdio::null());
            Place { rank, ranks: self.ranks, address: "127.0.0.1", port }.tell(&mut program);
            ranks.0.push(Process::start(
                rank,
                &mut program,
                printed(rank, std::io::stdout),
                printed(rank, std::io::stderr),
            )?);
        }
        wait(ranks)
    }
}

/// Waits for all. The first that fails is the error.
fn wait(mut ranks: Ranks) -> Result<()> {
    let mut failed: Option<(String, Instant)> = None;
    loop {
        for rank in ranks.0.iter_mut().filter(|rank| rank.ended.is_none()) {
            rank.look()?;
            if let Some((status, at)) = rank.ended.filter(|(status, _)| !status.success()) {
                failed.get_or_insert((format!("rank {} ended with {status}", rank.rank), at));
            }
        }
        let all = ranks.0.iter().all(|rank| rank.ended.is_some());
        let late = failed.as_ref().is_some_and(|(_, since)| since.elapsed() > GRACE);
        if all || late {
            break;
        }
        thread::sleep(Duration::from_millis(20));
    }
    drop(ranks);
    match failed {
        Some((message, _)) => Err(message.into()),
        None => Ok(()),
    }
}

/// Prints the lines of a rank.
fn printed<W: Write + 'static>(rank: u32, to: fn() -> W) -> impl FnMut(&str) + Send + 'static {
    // Whoever reads may have seen enough; the ranks go on.
    move |line| drop(to().write_all(format!("[{rank}] {line}\n").as_bytes()))
}
