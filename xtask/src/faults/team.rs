//! The ranks of one run, and what is done to them.

use std::io::Write;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::case::{SILENCE, TIMEOUT};
use super::hosts::Hosts;
use super::points::REACHED;
use crate::Result;
use crate::ranks::{Place, Process, Ranks};

/// A pause between two looks at something that may have happened.
const PAUSE: Duration = Duration::from_millis(2);

/// A line that a rank has printed.
struct Line {
    rank: u32,
    text: String,
}

/// The ranks of one run. None is left when this is dropped.
pub(super) struct Team<'a> {
    hosts: &'a Hosts,
    size: u32,
    port: u16,
    file: &'a Path,
    ranks: Ranks,
    lines: Receiver<Line>,
    sender: Sender<Line>,
    /// What each has said so far.
    said: Vec<Vec<String>>,
}

impl<'a> Team<'a> {
    /// A run of so many ranks, of which none is started.
    pub(super) fn new(hosts: &'a Hosts, size: u32, file: &'a Path) -> Result<Team<'a>> {
        let (sender, lines) = channel();
        let said = vec![Vec::new(); size as usize];
        Ok(Team { hosts, size, port: hosts.port()?, file, ranks: Ranks::default(), lines, sender, said })
    }

    /// Starts a rank with these arguments besides those of all.
    pub(super) fn start(&mut self, rank: u32, arguments: &[String]) -> Result<()> {
        let mut program: Command = self.hosts.program(rank)?;
        let [timeout, silence] = [TIMEOUT, SILENCE].map(|limit| limit.as_secs_f64().to_string());
        program.arg("faults-rank").arg("--file").arg(self.file);
        program.args(["--timeout", &timeout, "--silence", &silence]).args(arguments).stdin(Stdio::piped());
        Place { rank, ranks: self.size, address: &self.hosts.address(), port: self.port }.tell(&mut program);
        let to =
            |sender: Sender<Line>| move |text: &str| drop(sender.send(Line { rank, text: text.to_owned() }));
        let (out, err) = (to(self.sender.clone()), to(self.sender.clone()));
        self.ranks.0.push(Process::start(rank, &mut program, out, err)?);
        Ok(())
    }

    fn process(&mut self, rank: u32) -> &mut Process {
        self.ranks.0.iter_mut().find(|process| process.rank == rank).expect("it was started")
    }

    /// Waits until a rank is at its moment.
    pub(super) fn reached(&mut self, rank: u32, limit: Duration) -> Result<()> {
        let until = Instant::now() + limit;
        while Instant::now() < until {
            if let Ok(line) = self.lines.recv_timeout(PAUSE) {
                if line.rank == rank && line.text == REACHED {
                    return Ok(());
                }
                self.said[line.rank as usize].push(line.text);
            }
        }
        Err(format!("rank {rank} has not come to its moment: {}", self.words(rank)).into())
    }

    /// `kill -9`.
    pub(super) fn kill(&mut self, rank: u32) -> Result<()> {
        Ok(self.process(rank).child.kill()?)
    }

    /// Sends another signal, such as `-STOP`.
    pub(super) fn signal(&mut self, rank: u32, signal: &str) -> Result<()> {
        let id = self.process(rank).child.id().to_string();
        match Command::new("kill").args([signal, &id]).stderr(Stdio::null()).status()?.success() {
            true => Ok(()),
            false => Err(format!("rank {rank} was gone before it got {signal}").into()),
        }
    }

    /// Lets a rank go on that waits at its moment.
    pub(super) fn go(&mut self, rank: u32) {
        if let Some(mut stdin) = self.process(rank).child.stdin.take() {
            let _ = stdin.write_all(b"\n"); // it may be gone
        }
    }

    /// Waits until these ranks have ended, and says when the last did; an error names those that have not.
    pub(super) fn ended(&mut self, which: impl Fn(u32) -> bool, until: Instant) -> Result<Instant> {
        loop {
            let mut running = Vec::new();
            let mut last = None;
            for process in self.ranks.0.iter_mut().filter(|process| which(process.rank)) {
                process.look()?;
                match process.ended {
                    None => running.push(process.rank),
                    Some((_, at)) => last = last.max(Some(at)),
                }
            }
            if running.is_empty() {
                return Ok(last.unwrap_or(until));
            }
            if Instant::now() > until {
                return Err(format!("ranks {running:?} still run").into());
            }
            sleep(PAUSE);
        }
    }

    /// How a rank ended.
    pub(super) fn status(&mut self, rank: u32) -> Option<ExitStatus> {
        self.process(rank).ended.map(|(status, _)| status)
    }

    /// All that a rank has said.
    pub(super) fn words(&mut self, rank: u32) -> String {
        if self.status(rank).is_some() {
            self.process(rank).read();
        }
        while let Ok(line) = self.lines.try_recv() {
            self.said[line.rank as usize].push(line.text);
        }
        self.said[rank as usize].join(" / ")
    }

    /// The error that a rank has ended with, if it has.
    pub(super) fn error(&mut self, rank: u32) -> Option<String> {
        self.words(rank);
        let said = &self.said[rank as usize];
        said.iter().find_map(|line| line.strip_prefix("error: ")).map(str::to_owned)
    }

    /// Waits until all have ended well, and says when the last did.
    pub(super) fn succeed(&mut self, limit: Duration) -> Result<Instant> {
        let end = self.ended(|_| true, Instant::now() + limit)?;
        for rank in 0..self.size {
            if !self.status(rank).is_some_and(|status| status.success()) {
                let words = self.words(rank);
                return Err(format!("rank {rank} of {} failed: {words}", self.size).into());
            }
        }
        Ok(end)
    }
}
