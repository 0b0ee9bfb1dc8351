//! By the standard library alone, which cannot wait for a connection without reading it: it is looked at again
//! and again.

use std::io::{self, ErrorKind, IoSlice, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A pause between two looks.
const PAUSE: Duration = Duration::from_micros(200);

/// One end of a connection to another rank.
#[derive(Clone)]
pub(in super::super) struct Stream(Arc<TcpStream>);

impl From<TcpStream> for Stream {
    fn from(socket: TcpStream) -> Stream {
        Stream(Arc::new(socket))
    }
}

impl Stream {
    /// Reads what has come; `None` if nothing has.
    pub(in super::super) fn read(&self, bytes: &mut [u8]) -> io::Result<Option<usize>> {
        self.unless_it_waits(|mut socket| socket.read(bytes))
    }

    /// Writes as much as is taken at once; `None` if nothing is.
    pub(in super::super) fn write(&self, parts: &[IoSlice]) -> io::Result<Option<usize>> {
        self.unless_it_waits(|mut socket| socket.write_vectored(parts))
    }

    /// Waits until there is something to read, or the connection has ended; `false` if that takes longer.
    pub(in super::super) fn readable(&self, limit: Duration) -> io::Result<bool> {
        let begin = Instant::now();
        while self.unless_it_waits(|socket| socket.peek(&mut [0]))?.is_none() {
            if begin.elapsed() >= limit {
                return Ok(false);
            }
            sleep(PAUSE);
        }
        Ok(true)
    }

    /// Waits a moment, after which writing may be tried again.
    pub(in super::super) fn writable(&self, limit: Duration) -> io::Result<bool> {
        sleep(PAUSE.min(limit));
        Ok(true)
    }

    /// Whether it stays within the machine, as a Unix socket does.
    pub(in super::super) fn is_near(&self) -> bool {
        false
    }

    /// Ends what this end sends.
    pub(in super::super) fn close_sending(&self) {
        let _ = self.0.shutdown(Shutdown::Write); // it may have ended before
    }

    /// Ends both directions.
    pub(in super::super) fn close(&self) {
        let _ = self.0.shutdown(Shutdown::Both);
    }

    fn unless_it_waits(
        &self,
        call: impl FnOnce(&TcpStream) -> io::Result<usize>,
    ) -> io::Result<Option<usize>> {
        self.0.set_nonblocking(true)?;
        match call(&self.0) {
            Ok(n) => Ok(Some(n)),
            Err(e) if [ErrorKind::WouldBlock, ErrorKind::Interrupted].contains(&e.kind()) => Ok(None),
            Err(e) => Err(e),
        }
    }
}
