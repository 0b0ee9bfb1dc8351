//! Processes that are the ranks of one group: what `launch` and `faults` start.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Instant;

use crate::Result;

/// A process's place in its group.
pub(crate) struct Place<'a> {
    pub(crate) rank: u32,
    pub(crate) ranks: u32,
    /// Where rank 0 listens.
    pub(crate) address: &'a str,
    pub(crate) port: u16,
}

impl Place<'_> {
    /// Tells a program its place, by torch's variables, and gives its kernels one thread unless
    /// RAYON_NUM_THREADS says otherwise.
    pub(crate) fn tell(&self, program: &mut Command) {
        let threads = std::env::var("RAYON_NUM_THREADS").unwrap_or_else(|_| "1".into());
        program
            .env("MASTER_ADDR", self.address)
            .env("MASTER_PORT", self.port.to_string())
            .env("WORLD_SIZE", self.ranks.to_string())
            .env("RANK", self.rank.to_string())
            .env("LOCAL_RANK", self.rank.to_string())
            .env("RAYON_NUM_THREADS", threads);
    }
}

/// A rank that was started.
pub(crate) struct Process {
    pub(crate) rank: u32,
    pub(crate) child: Child,
    readers: Vec<thread::JoinHandle<()>>,
    /// How it ended, and when that was seen.
    pub(crate) ended: Option<(ExitStatus, Instant)>,
}

impl Process {
    /// Starts the program of a rank; `out` and `err` get the lines that it prints as they come, each whole.
    pub(crate) fn start(
        rank: u32,
        program: &mut Command,
        out: impl FnMut(&str) + Send + 'static,
        err: impl FnMut(&str) + Send + 'static,
    ) -> Result<Process> {
        let started = program.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = started.map_err(|e| format!("{}: {e}", program.get_program().to_string_lossy()))?;
        let stdout = child.stdout.take().expect("it is piped");
        let stderr = child.stderr.take().expect("it is piped");
        let readers = [lines(stdout, out), lines(stderr, err)];
        Ok(Process { rank, child, readers: readers.into(), ended: None })
    }

    /// Looks whether it has ended.
    pub(crate) fn look(&mut self) -> Result<()> {
        if self.ended.is_none() {
            self.ended = self.child.try_wait()?.map(|status| (status, Instant::now()));
        }
        Ok(())
    }

    /// Waits until all is read that it has printed, once it has ended.
    pub(crate) fn read(&mut self) {
        for reader in self.readers.drain(..) {
            let _ = reader.join();
        }
    }
}

fn lines(
    from: impl Read + Send + 'static,
    mut to: impl FnMut(&str) + Send + 'static,
) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let mut from = BufReader::new(from);
        let mut line = Vec::new();
        while matches!(from.read_until(b'\n', &mut line), Ok(1..)) {
            to(String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']));
            line.clear();
        }
    })
}

/// The processes that run. None is left when this is dropped.
#[derive(Default)]
pub(crate) struct Ranks(pub(crate) Vec<Process>);

impl Drop for Ranks {
    fn drop(&mut self) {
        for rank in &mut self.0 {
            if rank.ended.is_none() {
                let _ = rank.child.kill(); // it may just have ended
                let _ = rank.child.wait();
            }
        }
        // Not those of a killed rank: what it has started may hold its pipes open.
        self.0.iter_mut().filter(|rank| rank.ended.is_some()).for_each(Process::read);
    }
}
