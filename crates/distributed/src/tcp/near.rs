//! Ranks of one machine that are connected over TCP go on through a Unix socket.

use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::letter::{Letter, refusal};
use super::rendezvous::Streams;
use super::stream::Stream;
use crate::{Error, ErrorKind, Result};

/// The connections of the group, those within this machine through Unix sockets if that is `allowed` on both
/// sides. All ranks go through their pairs in the same order, so nobody waits for one who waits for it.
///
/// If a pair fails, so do those that would come after it: their other ranks are told why. Those before it are
/// in the result, for the caller to tell.
pub(super) fn nearer(
    rank: usize,
    mut streams: Streams,
    allowed: bool,
    limit: Duration,
) -> (Vec<Option<Stream>>, Result<()>) {
    let size = streams.len();
    let mut connections: Vec<Option<Stream>> = (0..size).map(|_| None).collect();
    let begin = Instant::now();
    for other in 0..size {
        let Some(stream) = streams[other].take() else { continue };
        // Who is waited for may wait for another one, in a pair of a smaller sum, and is to give up first, with
        // the right name.
        let order = (rank + other) as f64 / (2 * size) as f64;
        let deadline = begin + limit + (limit / 2).mul_f64(order);
        let near = match rank < other {
            true => offer(&stream, allowed, deadline),
            false => answer(&stream, allowed, deadline),
        };
        let error = match near.and_then(|near| connection(&stream, near)) {
            Ok(connection) => {
                connections[other] = Some(connection);
                continue;
            }
            Err(why) => failed(rank, other, why, limit),
        };
        for stream in streams.iter().flatten().chain([&stream]) {
            let _ = refusal(&error).send(stream); // it may be gone
        }
        return (connections, Err(error));
    }
    (connections, Ok(()))
}

fn connection(stream: &TcpStream, near: Option<Near>) -> io::Result<Stream> {
    let Some(near) = near else {
        stream.set_nodelay(true)?;
        return Ok(Stream::from(stream.try_clone()?));
    };
    enlarge(&near);
    near.set_nonblocking(false)?;
    Ok(Stream::from(near))
}

/// Why a pair failed: what the other rank said, or what became of it.
fn failed(rank: usize, other: usize, why: io::Error, limit: Duration) -> Error {
    why.downcast().unwrap_or_else(|why| match why.kind() {
        io::ErrorKind::TimedOut => {
            let limit = limit.as_secs_f64();
            let message = format!("rank {other} has not connected to rank {rank} within {limit} s");
            Error::new(ErrorKind::TimedOut, other, message)
        }
        _ => Error::died(other, &format!("while the ranks connected, {why}")),
    })
}

/// Says something to the other rank of a pair.
fn say(stream: &TcpStream, words: &[u8]) -> io::Result<()> {
    Letter::new([&[1], words].concat()).send(stream)
}

/// What the other rank of a pair says; the [`Error`] that it met instead is inside the error.
fn hear(stream: &TcpStream, deadline: Instant) -> io::Result<Vec<u8>> {
    let body = Letter::receive(stream, deadline)?.body;
    let told = match body.split_first() {
        Some((1, words)) => return Ok(words.to_vec()),
        Some((0, error)) => Error::from_bytes(error),
        _ => None,
    };
    Err(told.map_or_else(|| io::ErrorKind::InvalidData.into(), io::Error::other))
}

/// The lower rank's part: listens, and tells the other one under which name.
fn offer(stream: &TcpStream, allowed: bool, deadline: Instant) -> io::Result<Option<Near>> {
    let name = format!("rushlight-{:016x}", number());
    let listener = match allowed && is_near(stream)? {
        true => listen(&name).ok(),
        false => None,
    };
    let name = if listener.is_some() { name.into_bytes() } else { Vec::new() };
    say(stream, &name)?;
    let word = hear(stream, deadline)?;
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
    let name = hear(stream, deadline)?;
    let word = number().to_le_bytes();
    let reach = || {
        let mut near = connect(&name).ok()?;
        near.write_all(&word).ok().map(|()| near)
    };
    let near = if allowed && !name.is_empty() { reach() } else { None };
    let word = if near.is_some() { word.to_vec() } else { Vec::new() };
    say(stream, &word)?;
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

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use testing::within_a_minute;

    use super::*;

    fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let one = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        (one, listener.accept().unwrap().0)
    }

    /// Rank 2 waits for rank 0, which has met the end of rank 1 before.
    #[test]
    fn the_others_are_told_of_one_that_is_gone() {
        within_a_minute(|| {
            let ((zero_one, one_zero), (zero_two, two_zero), (one_two, two_one)) = (pair(), pair(), pair());
            drop((one_zero, one_two));
            let rank = |rank, streams| {
                std::thread::spawn(move || nearer(rank, streams, true, Duration::from_secs(50)).1)
            };
            let zero = rank(0, vec![None, Some(zero_one), Some(zero_two)]);
            let two = rank(2, vec![Some(two_zero), Some(two_one), None]);
            let error = zero.join().unwrap().unwrap_err();
            assert_eq!((error.kind(), error.rank()), (ErrorKind::Died, 1), "{error}");
            assert_eq!(two.join().unwrap(), Err(error));
        });
    }
}
