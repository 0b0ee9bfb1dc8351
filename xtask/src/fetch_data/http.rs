//! A download over HTTP that gives up when the server goes silent.

use crate::Result;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{self, Read};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;
use ureq::Agent;

/// How long each phase may take without anything arriving.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    pub(crate) connect: Duration,
    pub(crate) answer: Duration,
    pub(crate) silence: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { connect: seconds(15), answer: seconds(30), silence: seconds(30) }
    }
}

/// Asks for `url`; the body is read through the returned reader, with a progress bar on a terminal.
pub(crate) fn get(url: &str, patience: Patience) -> Result<impl Read + use<>> {
    let agent: Agent = Agent::config_builder()
        .timeout_resolve(Some(patience.connect))
        .timeout_connect(Some(patience.connect))
        .timeout_recv_response(Some(patience.answer))
        .user_agent("rushlight-xtask")
        .build()
        .into();
    let name = url.rsplit('/').next().unwrap_or(url);
    let response = agent.get(url).call().map_err(|e| format!("{name}: {}", explain(&e, patience)))?;
    let body = response.into_body();
    let bar = bar(body.content_length(), name);
    Ok(Body {
        name: name.to_string(),
        chunks: read_aside(body.into_reader()),
        chunk: io::Cursor::default(),
        patience,
        bar,
    })
}

/// A progress bar on standard error, which hides itself when that is no terminal.
pub(crate) fn bar(len: Option<u64>, what: &str) -> ProgressBar {
    let style = "{msg:28} [{bar:30}] {bytes:>10} of {total_bytes}, {bytes_per_sec}, {eta} left";
    let spinner = "{spinner} {msg:28} {bytes:>10}, {bytes_per_sec}";
    let (bar, style) = match len {
        Some(len) => (ProgressBar::new(len), style),
        None => (ProgressBar::new_spinner(), spinner),
    };
    bar.set_style(
        ProgressStyle::with_template(style).expect("a template written here").progress_chars("=> "),
    );
    bar.with_message(what.to_string())
}

fn explain(error: &ureq::Error, patience: Patience) -> String {
    match error {
        ureq::Error::StatusCode(status) => format!("the server answered with status {status}"),
        ureq::Error::Timeout(phase) => {
            format!(
                "no answer in time ({phase}; {:?} to connect, {:?} to answer)",
                patience.connect, patience.answer
            )
        }
        other => other.to_string(),
    }
}

/// The client's own limit is on the whole body; what tells a dead server from a slow line is silence,
/// so a thread reads and the other end waits for each piece.
fn read_aside(mut body: impl Read + Send + 'static) -> Receiver<io::Result<Vec<u8>>> {
    let (send, receive) = mpsc::sync_channel(16);
    std::thread::spawn(move || {
        loop {
            let mut chunk = vec![0; 1 << 16];
            let read = body.read(&mut chunk);
            let last = !matches!(read, Ok(n) if n > 0);
            let chunk = read.map(|n| {
                chunk.truncate(n);
                chunk
            });
            if send.send(chunk).is_err() || last {
                break;
            }
        }
    });
    receive
}

struct Body {
    name: String,
    chunks: Receiver<io::Result<Vec<u8>>>,
    chunk: io::Cursor<Vec<u8>>,
    patience: Patience,
    bar: ProgressBar,
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.chunk.position() == self.chunk.get_ref().len() as u64 {
            self.chunk = match self.chunks.recv_timeout(self.patience.silence) {
                Ok(Ok(chunk)) => io::Cursor::new(chunk),
                Ok(Err(e)) => return Err(io::Error::new(e.kind(), format!("{}: {e}", self.name))),
                Err(RecvTimeoutError::Disconnected) => return Ok(0),
                Err(RecvTimeoutError::Timeout) => {
                    let message = format!("{}: nothing arrived for {:?}", self.name, self.patience.silence);
                    return Err(io::Error::new(io::ErrorKind::TimedOut, message));
                }
            };
        }
        let n = self.chunk.read(buffer)?;
        self.bar.inc(n as u64);
        Ok(n)
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
