//! A download over HTTP that gives up when the server goes silent.

use super::{Client, Event, Result};
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;
use ureq::Agent;
use ureq::tls::TlsConfig;

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

/// Asks for `url`; the body is read through the returned reader, which reports what arrives.
pub(crate) fn get<'r>(url: &str, client: Client<'r>) -> Result<impl Read + use<'r>> {
    let patience = client.patience;
    let agent: Agent = Agent::config_builder()
        .timeout_resolve(Some(patience.connect))
        .timeout_connect(Some(patience.connect))
        .timeout_recv_response(Some(patience.answer))
        .tls_config(tls())
        .user_agent("rushlight")
        .build()
        .into();
    let name = url.rsplit('/').next().unwrap_or(url);
    let response = agent.get(url).call().map_err(|e| format!("{name}: {}", explain(&e, patience)))?;
    let body = response.into_body();
    Ok(Body {
        name: name.to_string(),
        len: body.content_length(),
        received: 0,
        chunks: read_aside(body.into_reader()),
        chunk: io::Cursor::default(),
        client,
    })
}

/// Rust alone: its cryptography needs neither a C compiler nor a library of the system.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
fn tls() -> TlsConfig {
    let provider = Arc::new(rustls_graviola::default_provider());
    TlsConfig::builder().unversioned_rustls_crypto_provider(provider).build()
}

/// Without cryptography for this processor only mirrors without TLS answer.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn tls() -> TlsConfig {
    TlsConfig::default()
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

struct Body<'r> {
    name: String,
    len: Option<u64>,
    received: u64,
    chunks: Receiver<io::Result<Vec<u8>>>,
    chunk: io::Cursor<Vec<u8>>,
    client: Client<'r>,
}

impl Read for Body<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.chunk.position() == self.chunk.get_ref().len() as u64 {
            self.chunk = match self.chunks.recv_timeout(self.client.patience.silence) {
                Ok(Ok(chunk)) => io::Cursor::new(chunk),
                Ok(Err(e)) => return Err(io::Error::new(e.kind(), format!("{}: {e}", self.name))),
                Err(RecvTimeoutError::Disconnected) => return Ok(0),
                Err(RecvTimeoutError::Timeout) => {
                    let message =
                        format!("{}: nothing arrived for {:?}", self.name, self.client.patience.silence);
                    return Err(io::Error::new(io::ErrorKind::TimedOut, message));
                }
            };
        }
        let n = self.chunk.read(buffer)?;
        self.received += n as u64;
        (self.client.report)(Event::Received { file: &self.name, bytes: self.received, of: self.len });
        Ok(n)
    }
}
