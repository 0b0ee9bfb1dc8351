//! `launch`: a program on several ranks of this machine.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;

use crate::Result;

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
        let mut ranks = Ranks(Vec::new());
        for rank in 0..self.ranks {
            ranks.0.push(self.start(rank, port)?);
        }
        ranks.wait()
    }

    fn start(&self, rank: u32, port: u16) -> Result<Rank> {
        let number = rank.to_string();
        let threads = std::env::var("RAYON_NUM_THREADS").unwrap_or_else(|_| "1".into());
        let mut process = Command::new(&self.command[0])
            .args(&self.command[1..])
            .env("MASTER_ADDR", "127.0.0.1")
            .env("MASTER_PORT", port.to_string())
            .env("WORLD_SIZE", self.ranks.to_string())
            .env("RANK", &number)
            .env("LOCAL_RANK", &number)
            .env("RAYON_NUM_THREADS", threads)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", self.command[0]))?;
        let out = process.stdout.take().expect("it is piped");
        let err = process.stderr.take().expect("it is piped");
        let printers = [printed(rank, out, std::io::stdout), printed(rank, err, std::io::stderr)];
        Ok(Rank { rank, process, printers: printers.into(), ended: None })
    }
}

struct Rank {
    rank: u32,
    process: Child,
    printers: Vec<thread::JoinHandle<()>>,
    ended: Option<ExitStatus>,
}

/// The processes that run. None is left when this is dropped.
struct Ranks(Vec<Rank>);

impl Ranks {
    /// Waits for all. The first that fails is the error.
    fn wait(mut self) -> Result<()> {
        let mut failed: Option<(String, Instant)> = None;
        loop {
            for rank in self.0.iter_mut().filter(|rank| rank.ended.is_none()) {
                rank.ended = rank.process.try_wait()?;
                if let Some(status) = rank.ended.filter(|status| !status.success()) {
                    let message = format!("rank {} ended with {status}", rank.rank);
                    failed.get_or_insert((message, Instant::now()));
                }
            }
            let all = self.0.iter().all(|rank| rank.ended.is_some());
            let late = failed.as_ref().is_some_and(|(_, since)| since.elapsed() > GRACE);
            if all || late {
                break;
            }
            thread::sleep(Duration::from_millis(20));
        }
        drop(self);
        match failed {
            Some((message, _)) => Err(message.into()),
            None => Ok(()),
        }
    }
}

impl Drop for Ranks {
    fn drop(&mut self) {
        for rank in &mut self.0 {
            if rank.ended.is_none() {
                let _ = rank.process.kill(); // it may just have ended
                let _ = rank.process.wait();
            }
        }
        // Not those of a killed rank: what it has started may hold its pipes open.
        let ended = |rank: &Rank| rank.ended.is_some();
        for printer in self.0.iter_mut().filter(|rank| ended(rank)).flat_map(|rank| rank.printers.drain(..)) {
            let _ = printer.join();
        }
    }
}

/// Prints the lines of a rank as they come, each whole.
fn printed<W: Write + 'static>(
    rank: u32,
    from: impl Read + Send + 'static,
    to: fn() -> W,
) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let mut from = BufReader::new(from);
        let mut line = Vec::new();
        while matches!(from.read_until(b'\n', &mut line), Ok(1..)) {
            let text = String::from_utf8_lossy(&line);
            // Whoever reads may have seen enough; the ranks go on.
            let _ = to().write_all(format!("[{rank}] {}\n", text.trim_end_matches(['\n', '\r'])).as_bytes());
            line.clear();
        }
    })
}
