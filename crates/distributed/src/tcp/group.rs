//! The group of processes, once everyone is connected to everyone.

use std::io;
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{JoinHandle, sleep};
use std::time::{Duration, Instant};

use super::frame::{self, End, Frame, Outgoing};
use super::rendezvous::Streams;
use crate::communicator::assert_other;
use crate::inbox::Inbox;
use crate::{Communicator, Error, Result, Within};

/// So many signs of life fit into the time after which a rank is taken for dead.
const SIGNS: u32 = 10;

/// How long one write waits in the system.
const WRITE: Duration = Duration::from_millis(50);

/// How long whoever has to go waits for one who takes nothing, or for a reason to be told.
const GRACE: Duration = Duration::from_millis(500);

/// No rank.
const NOBODY: usize = usize::MAX;

/// One process's part in the group. Dropping it is taking leave.
pub(super) struct Group {
    shared: Arc<Shared>,
    /// The readers of all connections, and the one that gives signs of life.
    threads: Vec<JoinHandle<()>>,
}

struct Shared {
    rank: usize,
    timeout: Duration,
    silence: Duration,
    inbox: Inbox,
    peers: Vec<Option<Peer>>,
    /// This rank has told the others of the failure.
    told: Mutex<bool>,
    /// This process is leaving, and its threads end.
    closing: AtomicBool,
}

struct Peer {
    out: Mutex<Outgoing>,
    /// The same connection, to close it.
    stream: TcpStream,
    /// Whom it waits for, by its last sign of life.
    waits_for: AtomicUsize,
    /// It has read this rank's goodbye, or is gone.
    knows: AtomicBool,
}

impl Peer {
    fn out(&self) -> MutexGuard<'_, Outgoing> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Group {
    pub(super) fn new(rank: usize, streams: Streams, timeout: Duration, silence: Duration) -> Result<Group> {
        let setup = |e: io::Error| Error::setup(rank, e);
        let sign = (silence / SIGNS).max(Duration::from_millis(1));
        let size = streams.len();
        let mut peers = Vec::new();
        let mut incoming = Vec::new();
        for (from, stream) in streams.into_iter().enumerate() {
            let Some(stream) = stream else {
                peers.push(None);
                continue;
            };
            stream.set_nodelay(true).map_err(setup)?;
            stream.set_read_timeout(Some(sign)).map_err(setup)?;
            stream.set_write_timeout(Some(WRITE)).map_err(setup)?;
            incoming.push((from, stream.try_clone().map_err(setup)?));
            peers.push(Some(Peer {
                out: Mutex::new(Outgoing::new(stream.try_clone().map_err(setup)?)),
                stream,
                waits_for: AtomicUsize::new(NOBODY),
                knows: AtomicBool::new(false),
            }));
        }
        let inbox = Inbox::new(rank, size);
        let (told, closing) = (Mutex::new(false), AtomicBool::new(false));
        let shared = Arc::new(Shared { rank, timeout, silence, inbox, peers, told, closing });
        let mut group = Group { shared, threads: Vec::new() };
        for (from, stream) in incoming {
            group.spawn(format!("from rank {from}"), move |shared| shared.read(from, &stream))?;
        }
        group.spawn("signs of life".to_owned(), move |shared| shared.give_signs(sign))?;
        Ok(group)
    }

    fn spawn(&mut self, name: String, f: impl FnOnce(&Shared) + Send + 'static) -> Result<()> {
        let shared = self.shared.clone();
        let thread = std::thread::Builder::new().name(name).spawn(move || f(&shared));
        self.threads.push(thread.map_err(|e| Error::setup(self.shared.rank, e))?);
        Ok(())
    }
}

impl Shared {
    fn peers(&self) -> impl Iterator<Item = (usize, &Peer)> {
        self.peers.iter().enumerate().filter_map(|(rank, peer)| Some((rank, peer.as_ref()?)))
    }

    fn peer(&self, rank: usize) -> &Peer {
        self.peers[rank].as_ref().expect("it is another rank")
    }

    /// The life of the thread that reads what `from` sends.
    fn read(&self, from: usize, stream: &TcpStream) {
        let peer = self.peer(from);
        loop {
            // Pauses are counted rather than timed: a process that was stopped itself has not been listening.
            let mut silent = false;
            let stop = |pauses: u32| {
                silent = pauses > SIGNS && !self.inbox.has_left(from) && self.inbox.failure().is_none();
                silent || self.closing.load(SeqCst)
            };
            match frame::read(stream, stop) {
                Ok(Frame::Message(operation, message)) => self.inbox.put(from, operation, message),
                Ok(Frame::Alive(rank)) => peer.waits_for.store(rank.unwrap_or(NOBODY), SeqCst),
                Ok(Frame::Failed(error)) => drop(self.inbox.fail(error)),
                Ok(Frame::Goodbye) => {
                    self.inbox.leave(from);
                    let _ = peer.out().post(&Frame::Farewell); // unless it is gone, which is all the same
                }
                Ok(Frame::Farewell) => self.knows(peer),
                Err(end) => {
                    self.ended(from, end, silent);
                    self.knows(peer);
                    return;
                }
            }
        }
    }

    fn knows(&self, peer: &Peer) {
        peer.knows.store(true, SeqCst);
        self.inbox.look_again();
    }

    /// No more will come from a rank.
    fn ended(&self, from: usize, end: End, silent: bool) {
        let error = match end {
            End::Stopped if silent => Error::silent(from, self.silence),
            End::Stopped => return,
            End::Nonsense => Error::differs(from, "sends what is no message"),
            End::Closed { .. } if self.inbox.has_left(from) || self.closing.load(SeqCst) => return,
            End::Closed { inside: true, .. } => {
                Error::died(from, "its connection ended in the middle of a message")
            }
            End::Closed { why: None, .. } => Error::died(from, "its connection was closed"),
            End::Closed { why: Some(why), .. } => Error::died(from, &format!("its connection broke: {why}")),
        };
        self.fail(error);
    }

    /// The life of the thread that tells the others that this process lives, and whom it waits for.
    fn give_signs(&self, every: Duration) {
        while !self.closing.load(SeqCst) {
            for (_, peer) in self.peers() {
                // Whoever holds it is sending, which is a sign as well.
                if let Ok(mut out) = peer.out.try_lock() {
                    let _ = out.post(&Frame::Alive(self.inbox.waits_for())); // the reader sees to errors
                }
            }
            std::thread::park_timeout(every);
        }
    }

    /// Records a failure, and tells all others. A failure that this rank was told is passed on, too, by the
    /// call that it ends: whoever sees this process end afterwards knows why.
    fn fail(&self, error: Error) -> Error {
        let first = self.inbox.fail(error);
        // Locked to the end: nobody leaves before all others have been told.
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::mem::replace(&mut *told, true) {
            // The one concerned last: it may take nothing any more, and the others should not wait for that.
            let (concerned, others): (Vec<_>, Vec<_>) =
                self.peers().partition(|(rank, _)| *rank == first.rank());
            for (_, peer) in others.into_iter().chain(concerned) {
                let _ = peer.out().post(&Frame::Failed(first.clone())); // it may be gone
            }
        }
        first
    }

    /// The reason why a rank could not be written to: what its last frames say, if they say something.
    fn unsendable(&self, to: usize, within: Within, why: &io::Error) -> Error {
        self.inbox.wait(GRACE, || self.peer(to).knows.load(SeqCst));
        match self.inbox.has_left(to) {
            true => Error::left(to, within.operation),
            false => Error::died(to, &format!("it takes no more messages: {why}")),
        }
    }
}

impl Communicator for Group {
    fn rank(&self) -> usize {
        self.shared.rank
    }

    fn size(&self) -> usize {
        self.shared.peers.len()
    }

    fn timeout(&self) -> Duration {
        self.shared.timeout
    }

    fn send(&self, to: usize, message: &[u8], within: Within) -> Result<()> {
        assert_other(self, "send", to);
        let shared = &*self.shared;
        if let Some(failure) = shared.inbox.failure() {
            return Err(self.fail(failure));
        }
        if shared.inbox.has_left(to) {
            return Err(self.fail(Error::left(to, within.operation)));
        }
        // After a failure it goes on for a moment: a message cut in its middle would hide the reason from the
        // other end.
        let give_up =
            |stalled: Duration| stalled > within.limit || stalled > GRACE && shared.inbox.failure().is_some();
        let sent = shared.peer(to).out().message(within.operation, message, give_up);
        let error = match sent {
            Ok(true) => return Ok(()),
            Ok(false) => Error::timed_out(within.limit, within.operation, to, None),
            Err(why) => shared.unsendable(to, within, &why),
        };
        Err(self.fail(error))
    }

    fn receive(&self, from: usize, within: Within) -> Result<Vec<u8>> {
        assert_other(self, "receive", from);
        let waits_for = |rank: usize| match self.shared.peers.get(rank)?.as_ref()?.waits_for.load(SeqCst) {
            NOBODY => None,
            rank => Some(rank),
        };
        self.shared.inbox.take(from, within, waits_for).map_err(|error| self.fail(error))
    }

    fn fail(&self, error: Error) -> Error {
        self.shared.fail(error)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let shared = &*self.shared;
        if std::thread::panicking() {
            self.fail(Error::panicked(shared.rank, &"its own output says why"));
        }
        let failed = shared.inbox.failure().map(|failure| self.fail(failure)).is_some();
        for (_, peer) in shared.peers() {
            let mut out = peer.out();
            if !failed {
                let _ = out.post(&Frame::Goodbye);
            }
            let until = Instant::now() + GRACE;
            while !out.is_clear() && Instant::now() < until && out.post(&Frame::Alive(None)).is_ok() {}
            if failed {
                let _ = peer.stream.shutdown(Shutdown::Write);
            }
        }
        // A connection that is closed with something unread in it may take with it what was sent last. So the
        // others say when they have read everything.
        let all_know = || shared.peers().all(|(_, peer)| peer.knows.load(SeqCst));
        if failed {
            let until = Instant::now() + GRACE;
            while !all_know() && Instant::now() < until {
                sleep(Duration::from_millis(2));
            }
        } else {
            shared.inbox.wait(shared.silence + GRACE, all_know);
        }
        shared.closing.store(true, SeqCst);
        for (_, peer) in shared.peers() {
            let _ = peer.stream.shutdown(Shutdown::Both);
        }
        for thread in self.threads.drain(..) {
            thread.thread().unpark();
            thread.join().expect("the threads of a group do not panic");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::TcpListener;

    use testing::within_a_minute;

    use super::*;
    use crate::{ErrorKind, Operation};

    /// Rank 0 of two, and the other end of its connection.
    fn half_a_group(silence: Duration) -> (Group, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let one = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let zero = listener.accept().unwrap().0;
        (Group::new(0, vec![None, Some(zero)], Duration::from_secs(30), silence).unwrap(), one)
    }

    /// The first half of a message of a barrier.
    fn half_a_message() -> Vec<u8> {
        let mut bytes = vec![0, 1, 0, 0, 0, 0, 0, 0];
        bytes.extend(100u64.to_le_bytes());
        bytes.extend([0; 50]);
        bytes
    }

    fn barrier_fails(group: Group) -> Error {
        let group: Arc<dyn Communicator> = Arc::new(group);
        let error = group.barrier().unwrap_err();
        let begin = Instant::now();
        assert_eq!(group.barrier(), Err(error.clone()));
        assert_eq!(group.send(1, &[0; 1000], group.timeout().into()), Err(error.clone()));
        assert!(begin.elapsed() < Duration::from_secs(5), "what has failed fails at once");
        error
    }

    #[test]
    fn half_a_message_and_then_nothing_is_silence() {
        within_a_minute(|| {
            let (group, mut one) = half_a_group(Duration::from_millis(500));
            one.write_all(&half_a_message()).unwrap();
            let error = barrier_fails(group);
            assert_eq!((error.kind(), error.rank()), (ErrorKind::Silent, 1), "{error}");
        });
    }

    #[test]
    fn half_a_message_and_then_the_end_is_death() {
        within_a_minute(|| {
            let (group, mut one) = half_a_group(Duration::from_secs(20));
            one.write_all(&half_a_message()).unwrap();
            drop(one);
            let error = barrier_fails(group);
            assert!(error.to_string().starts_with("rank 1 died: its connection "), "{error}");
        });
    }

    #[test]
    fn nonsense_is_refused() {
        within_a_minute(|| {
            let (group, mut one) = half_a_group(Duration::from_secs(20));
            one.write_all(&[99; 40]).unwrap();
            assert_eq!(barrier_fails(group).to_string(), "rank 1 sends what is no message");
        });
    }

    #[test]
    fn whoever_takes_no_messages_is_named() {
        within_a_minute(|| {
            let (group, one) = half_a_group(Duration::from_secs(20));
            let within = Within { operation: Operation::Gather, limit: Duration::from_millis(500) };
            let error = group.send(1, &vec![0; 64 << 20], within).unwrap_err();
            assert_eq!(error.to_string(), "timed out after 0.5 s waiting for rank 1 in gather");
            drop(group);
            drop(one);
        });
    }
}
