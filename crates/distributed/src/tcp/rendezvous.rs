//! How processes find each other: all at rank 0, and from there each to each.

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::sync::mpsc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::letter::{Hello, Letter, Welcome, read_answer, refusal};
use crate::{Error, ErrorKind, Result};

/// A pause between two looks at something that may have happened meanwhile.
const PAUSE: Duration = Duration::from_millis(5);

/// How long one that has connected may take to introduce itself.
const INTRODUCTION: Duration = Duration::from_secs(10);

/// A connection to each other rank, or the reason why not all could be made. `None` in the place of this one.
pub(super) type Streams = Vec<Option<TcpStream>>;

/// Rank 0's part: waits for the others, and tells them of each other.
pub(super) fn host(listener: &TcpListener, size: usize, limit: Duration) -> Result<Streams> {
    let me = Hello::new(0, size);
    let mut streams: Streams = (0..size).map(|_| None).collect();
    let mut addresses = vec![String::new(); size];
    let outcome = accept(listener, size - 1, Instant::now() + limit, |stream, letter| {
        match me.read(letter) {
            None => Ok(false), // a stranger
            Some(Err(error)) => {
                let _ = refusal(&error).send(&stream); // it may be gone
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
    let _ = listener.set_nonblocking(false); // as it was given
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
    for (rank, stream) in streams.iter().enumerate().filter_map(|(rank, s)| Some((rank, s.as_ref()?))) {
        let sent = answer.send(stream);
        outcome.clone()?; // all hear of it before this one ends
        sent.map_err(|e| Error::died(rank, &format!("it did not take rank 0's answer: {e}")))?;
    }
    outcome.map(|()| streams)
}

/// The others' part.
pub(super) fn join(address: &str, port: u16, rank: usize, size: usize, limit: Duration) -> Result<Streams> {
    let deadline = Instant::now() + limit;
    let zero = connect(|| (address, port).to_socket_addrs(), deadline).map_err(|why| {
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
    let answer = Letter::receive(&zero, deadline + limit / 4 + INTRODUCTION).map_err(gone)?;
    let welcome = read_answer(&answer, size)
        .unwrap_or_else(|| Err(Error::differs(0, "gives an answer that is no such thing")))?;
    let me = Hello { session: welcome.session, ..me };
    mesh(&me, zero, &listener, &welcome.addresses, limit)
}

/// Connects to the ranks below, and waits for those above.
fn mesh(
    me: &Hello,
    zero: TcpStream,
    listener: &TcpListener,
    addresses: &[String],
    limit: Duration,
) -> Result<Streams> {
    let deadline = Instant::now() + limit;
    let mut streams: Streams = (0..me.size).map(|_| None).collect();
    streams[0] = Some(zero);
    for (rank, address) in addresses.iter().enumerate().take(me.rank).skip(1) {
        let stream = connect(|| address.to_socket_addrs(), deadline)
            .and_then(|stream| me.letter().send(&stream).map(|()| stream));
        streams[rank] = Some(stream.map_err(|why| {
            let message = format!("rank {} cannot reach rank {rank} at {address}: {why}", me.rank);
            Error::new(ErrorKind::Died, rank, message)
        })?);
    }
    let above = me.size - 1 - me.rank;
    let all = accept(listener, above, deadline, |stream, letter| match me.read(letter) {
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
/// long. Each has its own thread until it has introduced itself, so that a silent stranger is in
/// nobody's way.
fn accept(
    listener: &TcpListener,
    count: usize,
    deadline: Instant,
    mut welcome: impl FnMut(TcpStream, &Letter) -> Result<bool>,
) -> Result<Result<(), ()>> {
    let (introduced, introductions) = mpsc::channel();
    let mut there = 0;
    let _ = listener.set_nonblocking(true); // if it fails, silence lasts until somebody connects
    while there < count {
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

/// Tries until somebody listens there, or the time is up.
fn connect<A: Iterator<Item = SocketAddr>>(
    addresses: impl Fn() -> io::Result<A>,
    deadline: Instant,
) -> io::Result<TcpStream> {
    loop {
        let mut why = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
        match addresses() {
            Err(e) => why = e,
            Ok(addresses) => {
                for address in addresses {
                    let left = deadline.saturating_duration_since(Instant::now());
                    match TcpStream::connect_timeout(&address, left.max(PAUSE)) {
                        Ok(stream) => return Ok(stream),
                        Err(e) => why = e,
                    }
                }
            }
        }
        if Instant::now() > deadline {
            return Err(why);
        }
        sleep(4 * PAUSE);
    }
}
