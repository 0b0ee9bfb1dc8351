//! Ranks of one machine that are connected over TCP go on through a Unix socket.

use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::letter::Letter;
use super::rendezvous::Streams;
use super::stream::Stream;
use crate::{Error, Result};

/// The connections of the group, those within this machine through Unix sockets if that is `allowed` on both
/// sides. All ranks go through their pairs in the same order, so nobody waits for one who waits for it.
pub(super) fn nearer(
    rank: usize,
    streams: Streams,
    allowed: bool,
    limit: Duration,
) -> Result<Vec<Option<Stream>>> {
    let deadline = Instant::now() + limit;
    let one = |(other, stream): (usize, Option<TcpStream>)| {
        let Some(stream) = stream else { return Ok(None) };
        let near = match rank < other {
            true => offer(&stream, allowed, deadline),
            false => answer(&stream, allowed, deadline),
        };
        let connection = near.and_then(|near| match near {
            Some(near) => {
                enlarge(&near);
                near.set_nonblocking(false).map(|()| Stream::from(near))
            }
            None => stream.set_nodelay(true).map(|()| Stream::from(stream)),
        });
        connection.map(Some).map_err(|why| Error::died(other, &format!("while the ranks connected, {why}")))
    };
    streams.into_iter().enumerate().map(one).collect()
}

/// The lower rank's part: listens, and tells the other one under which name.
fn offer(stream: &TcpStream, allowed: bool, deadline: Instant) -> io::Result<Option<Near>> {
    let name = format!("rushlight-{:016x}", number());
    let listener = match allowed && is_near(stream)? {
        true => listen(&name).ok(),
        false => None,
    };
    let name = if listener.is_some() { name.into_bytes() } else { Vec::new() };
    Letter::new(name).send(stream)?;
    let word = Letter::receive(stream, deadline)?.body;
    let Some(listener) = listener.filter(|_| !word.is_empty()) else { return Ok(None) };
    // The other one is connected by now. Whoever says another word is a stranger.
    loop {
        let (mut near, _) = listener.accept()?;
        near.set_read_timeout(Some(
            deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1)),
        ))?;
        let mut heard = vec![0; word.len()];
        if near.read_exact(&mut heard).is_ok() && heard == word {
            return Ok(Some(near));
        }
    }
}

/// The higher rank's part: connects, and tells by which word it will be known.
fn answer(stream: &TcpStream, allowed: bool, deadline: Instant) -> io::Result<Option<Near>> {
    let name = Letter::receive(stream, deadline)?.body;
    let word = number().to_le_bytes();
    let reach = || {
        let mut near = connect(&name).ok()?;
        near.write_all(&word).ok().map(|()| near)
    };
    let near = if allowed && !name.is_empty() { reach() } else { None };
    let word = if near.is_some() { word.to_vec() } else { Vec::new() };
    Letter::new(word).send(stream)?;
    Ok(near)
}

/// Whether the other end is on this machine.
fn is_near(stream: &TcpStream) -> io::Result<bool> {
    Ok(stream.local_addr()?.ip() == stream.peer_addr()?.ip())
}

/// A number that nobody guesses.
fn number() -> u64 {
    RandomState::new().hash_one(std::process::id())
}

/// Unix sockets whose names are no files, and go with the process.
#[cfg(target_os = "linux")]
mod sockets {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};

    use rustix::net::sockopt::set_socket_send_buffer_size;

    use super::*;

    pub(super) type Near = UnixStream;

    /// What a socket is to take in at once, if the system lets it: a few chunks of a sum.
    const BUFFER: usize = 2 << 20;

    pub(super) fn listen(name: &str) -> io::Result<UnixListener> {
        UnixListener::bind_addr(&SocketAddr::from_abstract_name(name)?)
    }

    pub(super) fn connect(name: &[u8]) -> io::Result<Near> {
        UnixStream::connect_addr(&SocketAddr::from_abstract_name(name)?)
    }

    pub(super) fn enlarge(near: &Near) {
        let _ = set_socket_send_buffer_size(near, BUFFER); // it works with less
    }
}

/// Other systems have none.
#[cfg(not(target_os = "linux"))]
mod sockets {
    use std::net::TcpListener;

    use super::*;

    pub(super) type Near = TcpStream;

    pub(super) fn listen(_: &str) -> io::Result<TcpListener> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(super) fn connect(_: &[u8]) -> io::Result<Near> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(super) fn enlarge(_: &Near) {}
}

use sockets::{Near, connect, enlarge, listen};
