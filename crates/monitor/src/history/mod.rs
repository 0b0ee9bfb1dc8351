//! What happened in a run, kept as it goes.

mod export;
mod line;
mod run;
mod writer;

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use formats::failing;

pub use run::{Point, Run};

use crate::{Error, Result};
use writer::Writer;

/// The values that a training run logs, and those of runs before it.
///
/// In memory ([`History::new`]), or in a file as well ([`History::create`]), into which it writes what is
/// new within a second, on a thread of its own. A process that is killed loses the last second at most, and
/// the file opens even if its last line is cut.
///
/// ```
/// use monitor::History;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("runs.jsonl");
/// {
///     let mut history = History::create(&path)?;
///     history.begin("SGD, lr 0.1");
///     for epoch in 0..2 {
///         history.set_epoch(epoch);
///         for batch in 0..3 {
///             history.log("train_loss", 1.0 / f64::from(batch + 1));
///             history.next_step();
///         }
///         history.log("accuracy", 0.75f32);
///     }
/// } // all is written when it is dropped
///
/// let history = History::open(&path)?; // also while another process is writing it
/// let loss = history.series("train_loss");
/// assert_eq!((loss.len(), loss[5].step, loss[5].epoch, loss[5].value), (6, 5, 1, 1.0 / 3.0));
/// assert_eq!(history.runs()[0].names().collect::<Vec<_>>(), ["train_loss", "accuracy"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A file is written by one process at a time. `std::process::exit` drops nothing: call
/// [`flush`](History::flush) before it.
#[derive(Debug, Default)]
pub struct History {
    runs: Vec<Run>,
    /// When the current run began, if this history began it.
    began: Option<Instant>,
    step: u64,
    epoch: u64,
    writer: Option<Writer>,
    file: String,
}

impl History {
    /// In memory only.
    pub fn new() -> History {
        History::default()
    }

    /// Reads a file; what is logged from now on stays in memory.
    ///
    /// A last line that is cut, because the program that wrote it was killed or is writing, does not count.
    ///
    /// # Errors
    ///
    /// If the file is not there, the system refuses, or another line than the last is none of a history.
    pub fn open(path: impl AsRef<Path>) -> Result<History> {
        let (runs, _) = read(path.as_ref())?;
        Ok(History { runs, ..History::default() })
    }

    /// Writes to a file from now on. Runs that are in the file already are read and stay; the next one is
    /// added behind them. Folders that are not there are made.
    ///
    /// # Errors
    ///
    /// If the system refuses, or the file that is there is no history.
    pub fn create(path: impl AsRef<Path>) -> Result<History> {
        let path = path.as_ref();
        let file = path.display().to_string();
        let refused = |action| {
            let file = file.clone();
            move |error| Error::File { file, source: failing(action)(error) }
        };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(refused("make its folder"))?;
        }
        if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
            read(path)?; // says what it is; opening a pipe may never end
        }
        let out = File::options().append(true).create(true).open(path).map_err(refused("open"))?;
        // Windows' locks would keep readers out, and not every file system has locks.
        if cfg!(not(windows)) && matches!(out.try_lock(), Err(TryLockError::WouldBlock)) {
            return Err(refused("write")(io::Error::other("another History is writing it")));
        }
        let (runs, end) = read(path)?;
        if end.cut {
            // A file that is open to append cannot be cut on every system.
            let cut = File::options().write(true).open(path).and_then(|file| file.set_len(end.len));
            cut.map_err(refused("cut its last line"))?;
        }
        let writer = Writer::new(out, end.len).map_err(refused("write"))?;
        if end.open {
            writer.push(|lines| lines.push(b'\n'));
        }
        Ok(History { runs, writer: Some(writer), file, ..History::default() })
    }

    /// Begins a run, at step and epoch 0. Without it the first value begins one, `run 1` or whatever the
    /// number is.
    pub fn begin(&mut self, name: impl Into<String>) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let run = Run::new(name.into(), milliseconds(now.as_secs_f64()));
        if let Some(writer) = &self.writer {
            writer.push(|lines| line::write_run(lines, &run));
        }
        self.runs.push(run);
        (self.began, self.step, self.epoch) = (Some(Instant::now()), 0, 0);
    }

    /// Sets the step that values are logged at.
    pub fn set_step(&mut self, step: u64) {
        self.step = step;
    }

    /// Goes on to the next step.
    pub fn next_step(&mut self) {
        self.step += 1;
    }

    /// Sets the epoch that values are logged at.
    pub fn set_epoch(&mut self, epoch: u64) {
        self.epoch = epoch;
    }

    /// Keeps a value under this name, at the current step and epoch. It does not wait for the disk.
    pub fn log(&mut self, name: &str, value: impl Into<f64>) {
        if self.began.is_none() {
            let (step, epoch) = (self.step, self.epoch);
            self.begin(format!("run {}", self.runs.len() + 1));
            (self.step, self.epoch) = (step, epoch);
        }
        let time = self.began.map_or(0.0, |began| milliseconds(began.elapsed().as_secs_f64()));
        let point = Point { step: self.step, epoch: self.epoch, time, value: value.into() };
        if let Some(writer) = &self.writer {
            writer.push(|lines| line::write_point(lines, name, &point));
        }
        self.runs.last_mut().expect("a run has begun").push(name, point);
    }

    /// Writes to the file what is not there yet.
    ///
    /// # Errors
    ///
    /// If the system refuses. What could not be written is tried again later; if it still cannot be when
    /// the history is dropped, that is a warning on stderr.
    pub fn flush(&self) -> Result<()> {
        let Some(writer) = &self.writer else { return Ok(()) };
        let source = failing("write");
        writer.flush().map_err(|error| Error::File { file: self.file.clone(), source: source(error) })
    }

    /// All runs, the current one last.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// What the last run logged under this name, in order; empty if it logged nothing.
    pub fn series(&self, name: &str) -> &[Point] {
        self.runs.last().map_or(&[], |run| run.series(name))
    }
}

fn milliseconds(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}

/// Where a file can be continued.
#[derive(Default)]
struct End {
    /// The bytes of whole lines.
    len: u64,
    /// Whether the last of them lacks its line end.
    open: bool,
    /// Whether a part of a line follows.
    cut: bool,
}

/// The runs in a file.
fn read(path: &Path) -> Result<(Vec<Run>, End)> {
    let file = path.display().to_string();
    let bytes = formats::read(path).map_err(|source| Error::File { file: file.clone(), source })?;
    let (mut runs, mut end) = (Vec::new(), End::default());
    for (at, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let open = !line.ends_with(b"\n");
        match line::read(line, &mut runs) {
            Ok(()) => end = End { len: end.len + line.len() as u64, open, cut: false },
            Err(_) if open && line::is_cut(line) => end.cut = true,
            Err(what) => return Err(Error::Line { file, line: at + 1, what }),
        }
    }
    Ok((runs, end))
}
