//! By the calls of Unix.

use std::io::{self, IoSlice};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{
    AddressFamily, RecvFlags, SendAncillaryBuffer, SendFlags, Shutdown, getsockname, recv, sendmsg, shutdown,
};

/// One end of a connection to another rank, be it over TCP or within the machine.
#[derive(Clone)]
pub(in super::super) struct Stream(Arc<OwnedFd>);

impl<S: Into<OwnedFd>> From<S> for Stream {
    fn from(socket: S) -> Stream {
        Stream(Arc::new(socket.into()))
    }
}

impl Stream {
    /// Reads what has come; `None` if nothing has.
    pub(in super::super) fn read(&self, bytes: &mut [u8]) -> io::Result<Option<usize>> {
        unless_it_waits(|| Ok(recv(&self.0, &mut *bytes, RecvFlags::DONTWAIT)?.0))
    }

    /// Writes as much as is taken at once; `None` if nothing is.
    pub(in super::super) fn write(&self, parts: &[IoSlice]) -> io::Result<Option<usize>> {
        // Rust's programs ignore the signal of a connection that has ended.
        let flags = SendFlags::DONTWAIT;
        unless_it_waits(|| sendmsg(&self.0, parts, &mut SendAncillaryBuffer::default(), flags))
    }

    /// Waits until there is something to read, or the connection has ended; `false` if that takes longer.
    pub(in super::super) fn readable(&self, limit: Duration) -> io::Result<bool> {
        self.wait(PollFlags::IN, limit)
    }

    /// Waits until something can be written, or the connection has ended; `false` if that takes longer.
    pub(in super::super) fn writable(&self, limit: Duration) -> io::Result<bool> {
        self.wait(PollFlags::OUT, limit)
    }

    fn wait(&self, what: PollFlags, limit: Duration) -> io::Result<bool> {
        let limit = Timespec::try_from(limit).map_err(io::Error::other)?;
        match poll(&mut [PollFd::new(&*self.0, what)], Some(&limit)) {
            Ok(events) => Ok(events > 0),
            Err(rustix::io::Errno::INTR) => Ok(true), // it is tried again
            Err(e) => Err(e.into()),
        }
    }

    /// Whether it stays within the machine, as a Unix socket does.
    pub(in super::super) fn is_near(&self) -> bool {
        getsockname(&self.0).is_ok_and(|address| address.address_family() == AddressFamily::UNIX)
    }

    /// Ends what this end sends.
    pub(in super::super) fn close_sending(&self) {
        let _ = shutdown(&self.0, Shutdown::Write); // it may have ended before
    }

    /// Ends both directions.
    pub(in super::super) fn close(&self) {
        let _ = shutdown(&self.0, Shutdown::Both);
    }
}

fn unless_it_waits(mut call: impl FnMut() -> rustix::io::Result<usize>) -> io::Result<Option<usize>> {
    use rustix::io::Errno;
    loop {
        match call() {
            Ok(n) => return Ok(Some(n)),
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => return Ok(None),
            Err(e) => return Err(e.into()),
        }
    }
}
