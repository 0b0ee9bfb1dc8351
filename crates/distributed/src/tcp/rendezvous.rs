//! How processes find each other: all at rank 0, and from there each to each.

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::sync::mpsc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::letter::{Hello, Letter, Welcome, read_answer, read_ready, ready, refusal};
use crate::{Error, ErrorKind, Result};

/// A pause between two looks at something that may have happened meanwhile.
const PAUSE: Duration = Duration::from_millis(5);

/// How long one that has connected may take to introduce itself.
const INTRODUCTION: Duration = Duration::from_secs(10);

/// How long rank 0 stays to tell those who have not come yet why it is over.
const LINGER: Duration = Duration::from_secs(5);

/// A connection to each other rank; `None` in the place of this one.
pub(super) type Streams = Vec<Option<TcpStream>>;

/// Rank 0's part: waits for the others, and tells them of each other.
pub(super) fn host(listener: &TcpListener, size: usize, limit: Duration) -> Result<Streams> {
    let me = Hello::new(0, size);
    let mut streams: Streams = (0..size).map(|_| None).collect();
    let mut addresses = vec![String::new(); size];
    let nothing = || Ok(());
    let deadline = Instant::now() + limit;
    let mut refused = None;
    let outcome = accept(listener, size - 1, deadline, nothing, |stream, letter| {
        match me.read(letter) {
            None => Ok(false), // a stranger
            Some(Err(error)) => {
                let _ = refusal(&error).send(&stream); // it may be gone
                refused = Some(error.rank());
                Err(error)
            }
            Some(Ok(hello)) if streams[hello.rank].is_some() => {
                let rank = hello.rank;
                let error =
                    Error::differs(rank, format_args!("is there twice: two processes have RANK={rank}"));
                let _ = refusal(&error).send(&stream);
                Err(error)
            }
            Some(Ok(hello)) => {
                addresses[hello.rank] = hello.address;
                streams[hello.rank] = Some(stream);
                Ok(true)
            }
        }
    });
    let missing = |_| {
        let missing = (1..size).filter(|rank| streams[*rank].is_none());
        let list: Vec<String> = missing.clone().map(|rank| rank.to_string()).collect();
        let (noun, verb) = if list.len() == 1 { ("rank", "has") } else { ("ranks", "have") };
        let message =
            format!("{noun} {} {verb} not come to rank 0 within {} s", list.join(", "), limit.as_secs_f64());
        Error::new(ErrorKind::TimedOut, missing.min().expect("one is missing"), message)
    };
    let outcome = outcome.and_then(|all| all.map_err(missing));
    let answer = match &outcome {
        Ok(()) => {
            let session = RandomState::new().hash_one(std::process::id());
            Welcome { session, addresses }.letter()
        }
        Err(error) => refusal(error),
    };
    tell(&streams, &answer);
    if outcome.is_err() {
        let to_come = (1..size).filter(|rank| streams[*rank].is_none() && refused != Some(*rank)).count();
        let until = deadline.min(Instant::now() + LINGER);
        let _ = accept(listener, to_come, until, nothing, |stream, letter| {
            let known = me.read(letter).is_some();
            let _ = answer.send(&stream); // it may be gone
            Ok(known)
        });
    }
    let _ = listener.set_nonblocking(false); // as it was given
    outcome?;
    let outcome = all_ready(&streams, limit);
    tell(&streams, &outcome.as_ref().map_or_else(refusal, |()| ready()));
    outcome.map(|()| streams)
}

/// Sends a letter to everyone who is there. One that is gone is noticed where its answer is waited for.
fn tell(streams: &Streams, letter: &Letter) {
    for stream in streams.iter().flatten() {
        let _ = letter.send(stream);
    }
}

/// Waits until every rank says that it is connected to all others.
fn all_ready(streams: &Streams, limit: Duration) -> Result<()> {
    // The ranks' own time is up before, and they know better why.
    let deadline = Instant::now() + limit + limit / 4;
    let mut waiting: Vec<(usize, &TcpStream)> =
        streams.iter().enumerate().filter_map(|(rank, stream)| Some((rank, stream.as_ref()?))).collect();
    while let Some((first, _)) = waiting.first() {
        if Instant::now() > deadline {
            let message =
                format!("rank {first} is not connected to all others within {} s", limit.as_secs_f64());
            return Err(Error::new(ErrorKind::TimedOut, *first, message));
        }
        let mut still = Vec::new();
        for (rank, stream) in waiting {
            match heard(rank, stream)? {
                None => still.push((rank, stream)),
                Some(letter) => read_ready(&letter).unwrap_or_else(|| Err(nonsense(rank)))?,
            }
        }
        waiting = still;
        sleep(PAUSE);
    }
    Ok(())
}

/// The letter that a rank has sent, if it has sent one.
fn heard(rank: usize, stream: &TcpStream) -> Result<Option<Letter>> {
    let gone = |why: &dyn std::fmt::Display| Error::died(rank, &format!("while the ranks connected, {why}"));
    let peek = || {
        stream.set_nonblocking(true)?;
        let first = stream.peek(&mut [0]);
        stream.set_nonblocking(false)?;
        first
    };
    match peek() {
        Ok(0) => Err(gone(&"its connection was closed")),
        Err(e) if e.kind() == io::ErrorKind::WouldBlock => Ok(None),
        Ok(_) => Letter::receive(stream, Instant::now() + INTRODUCTION).map(Some).map_err(|e| gone(&e)),
        Err(e) => Err(gone(&e)),
    }
}

fn nonsense(rank: usize) -> Error {
    Error::differs(rank, "gives an answer that is no such thing")
}

/// The others' part.
pub(super) fn join(address: &str, port: u16, rank: usize, size: usize, limit: Duration) -> Result<Streams> {
    let deadline = Instant::now() + limit;
    let zero = connect(|| (address, port).to_socket_addrs(), deadline, || Ok(()))?.map_err(|why| {
        let message =
            format!("rank 0 does not answer at {address}:{port} within {} s: {why}", limit.as_secs_f64());
        Error::new(ErrorKind::TimedOut, 0, message)
    })?;
    let setup = |e: io::Error| Error::setup(rank, format_args!("it cannot listen for the others: {e}"));
    // Where it reaches rank 0 from, the others reach it.
    let here = zero.local_addr().map_err(setup)?;
    let listener = TcpListener::bind((here.ip(), 0)).map_err(setup)?;
    let address = listener.local_addr().map_err(setup)?.to_string();
    let me = Hello { address, ..Hello::new(rank, size) };
    let gone = |e: io::Error| match e.kind() {
        io::ErrorKind::TimedOut => {
            let message = format!("rank 0 gives no answer within {} s", limit.as_secs_f64());
            Error::new(ErrorKind::TimedOut, 0, message)
        }
        _ => Error::died(0, &format!("it left before all ranks were there: {e}")),
    };
    me.letter().send(&zero).map_err(gone)?;
    // Rank 0's own time may be up as late as now; its answer says who is missing.
    let slack = limit / 4 + INTRODUCTION.min(limit / 2);
    let answer = Letter::receive(&zero, deadline + slack).map_err(gone)?;
    let welcome = read_answer(&answer, size).unwrap_or_else(|| Err(nonsense(0)))?;
    let me = Hello { session: welcome.session, ..me };
    let outcome = mesh(&me, &zero, &listener, &welcome.addresses, limit);
    let letter = outcome.as_ref().map_or_else(refusal, |_| ready());
    let sent = letter.send(&zero);
    let mut streams = outcome?;
    sent.map_err(gone)?;
    let all = Letter::receive(&zero, Instant::now() + limit + slack).map_err(gone)?;
    read_ready(&all).unwrap_or_else(|| Err(nonsense(0)))?;
    streams[0] = Some(zero);
    Ok(streams)
}

/// Connects to the ranks below but rank 0, and waits for those above.
fn mesh(
    me: &Hello,
    zero: &TcpStream,
    listener: &TcpListener,
    addresses: &[String],
    limit: Duration,
) -> Result<Streams> {
    let deadline = Instant::now() + limit;
    let mut streams: Streams = (0..me.size).map(|_| None).collect();
    // Rank 0 says something now only if something has failed.
    let stop = || match heard(0, zero)? {
        None => Ok(()),
        Some(letter) => read_ready(&letter).unwrap_or_else(|| Err(nonsense(0))),
    };
    for (rank, address) in addresses.iter().enumerate().take(me.rank).skip(1) {
        // It was listening before rank 0 heard of it.
        let soon = deadline.min(Instant::now() + INTRODUCTION);
        // One that is gone may have been told of another one's end, and so will this one be.
        let stream = connect(|| address.to_socket_addrs(), soon, stop)?
            .and_then(|stream| me.letter().send(&stream).map(|()| stream));
        streams[rank] = Some(stream.map_err(|why| {
            let message = format!("rank {rank} cannot be reached by rank {} at {address}: {why}", me.rank);
            Error::new(ErrorKind::Died, rank, message)
        })?);
    }
    let above = me.size - 1 - me.rank;
    let all = accept(listener, above, deadline, stop, |stream, letter| match me.read(letter) {
        Some(Ok(hello)) if hello.session == me.session && streams[hello.rank].is_none() => {
            streams[hello.rank] = Some(stream);
            Ok(true)
        }
        _ => Ok(false), // not of this run
    })?;
    all.map_err(|()| {
        let rank = (me.rank + 1..me.size).find(|rank| streams[*rank].is_none()).expect("one is missing");
        let message =
            format!("rank {rank} has not connected to rank {} within {} s", me.rank, limit.as_secs_f64());
        Error::new(ErrorKind::TimedOut, rank, message)
    })?;
    Ok(streams)
}

/// Takes connections until `welcome` has said `true` of so many, and gives `Err(())` inside if that takes too
/// long. `stop` is asked all the time whether to go on. Each connection has its own thread until it has
/// introduced itself, so that a silent stranger is in nobody's way.
fn accept(
    listener: &TcpListener,
    count: usize,
    deadline: Instant,
    stop: impl Fn() -> Result<()>,
    mut welcome: impl FnMut(TcpStream, &Letter) -> Result<bool>,
) -> Result<Result<(), ()>> {
    let (introduced, introductions) = mpsc::channel();
    let mut there = 0;
    let _ = listener.set_nonblocking(true); // if it fails, silence lasts until somebody connects
    while there < count {
        stop()?;
        if let Ok((stream, _)) = listener.accept() {
            let introduced = introduced.clone();
            std::thread::spawn(move || {
                let until = deadline.min(Instant::now() + INTRODUCTION);
                let letter = stream.set_nonblocking(false).and_then(|()| Letter::receive(&stream, until));
                // Nobody listens any more if the time is up.
                let _ = letter.map(|letter| introduced.send((stream, letter)));
            });
        }
        match introductions.recv_timeout(PAUSE) {
            Ok((stream, letter)) => there += usize::from(welcome(stream, &letter)?),
            Err(_) if Instant::now() > deadline => return Ok(Err(())),
            Err(_) => {}
        }
    }
    Ok(Ok(()))
}

/// Tries until somebody listens there, or the time is up. `stop` is asked before each attempt whether to go on.
fn connect<A: Iterator<Item = SocketAddr>>(
    addresses: impl Fn() -> io::Result<A>,
    deadline: Instant,
    stop: impl Fn() -> Result<()>,
) -> Result<io::Result<TcpStream>> {
    loop {
        stop()?;
        let mut why = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
        match addresses() {
            Err(e) => why = e,
            Ok(addresses) => {
                for address in addresses {
                    let left = deadline.saturating_duration_since(Instant::now());
                    match TcpStream::connect_timeout(&address, left.max(PAUSE)) {
                        Ok(stream) => return Ok(Ok(stream)),
                        Err(e) => why = e,
                    }
                }
            }
        }
        if Instant::now() > deadline {
            return Ok(Err(why));
        }
        sleep(4 * PAUSE);
    }
}

#[cfg(test)]
mod tests {
    use testing::within_a_minute;

    use super::*;

    /// Three ranks that meet, and a fourth that introduces itself and then does what `fourth` does.
    fn meet(limit: Duration, fourth: impl FnOnce(TcpStream) + Send) -> Vec<Error> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::scope(|scope| {
            let zero = scope.spawn(|| host(&listener, 4, limit).map(drop));
            let others =
                [1, 2].map(|rank| scope.spawn(move || join("127.0.0.1", port, rank, 4, limit).map(drop)));
            scope.spawn(move || {
                let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
                Hello { address: "127.0.0.1:1".into(), ..Hello::new(3, 4) }.letter().send(&stream).unwrap();
                Letter::receive(&stream, Instant::now() + Duration::from_secs(50)).unwrap();
                fourth(stream);
            });
            [zero].into_iter().chain(others).map(|thread| thread.join().unwrap().unwrap_err()).collect()
        })
    }

    #[test]
    fn a_rank_that_dies_while_they_connect_is_named_at_once() {
        within_a_minute(|| {
            for error in meet(Duration::from_secs(300), drop) {
                assert_eq!((error.kind(), error.rank()), (ErrorKind::Died, 3), "{error}");
            }
        });
    }

    #[test]
    fn a_rank_that_stops_while_they_connect_is_named_in_time() {
        within_a_minute(|| {
            let stopped = |stream| {
                sleep(Duration::from_secs(8));
                drop(stream);
            };
            for error in meet(Duration::from_secs(2), stopped) {
                assert_eq!((error.kind(), error.rank()), (ErrorKind::TimedOut, 3), "{error}");
            }
        });
    }
}
