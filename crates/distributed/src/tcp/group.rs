//! The group of processes, once everyone is connected to everyone.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{JoinHandle, park_timeout, sleep};
use std::time::{Duration, Instant};

use super::frame::{End, Frame, Read};
use super::peer::{NOBODY, Peer, REST};
use super::stream::Stream;
use crate::communicator::{assert_other, put_into};
use crate::inbox::{Inbox, LOOK_OUT, processors_for};
use crate::{Communicator, Error, Result, Within};

/// So many signs of life fit into the time after which a rank is taken for dead.
const SIGNS: u32 = 10;

/// How long whoever has to go waits for one who takes nothing, or for a reason to be told.
const GRACE: Duration = Duration::from_millis(500);

/// How long a call reads itself what it waits for, before it leaves that to the connection's own thread. It
/// is much longer than a message takes that is on its way, and short beside the time in which a failure is
/// noticed.
const CALL: Duration = Duration::from_millis(10);

/// So many chunks of a sum, 2 MiB, are on their way to another machine at once: what 10 Gbit/s carry in 1.6 ms.
const AHEAD: usize = 8;

/// A call that reads looks so often whether all of it has failed meanwhile.
const LOOK: Duration = Duration::from_millis(1);

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

impl Group {
    pub(super) fn new(
        rank: usize,
        streams: Vec<Option<impl Into<Stream>>>,
        timeout: Duration,
        silence: Duration,
    ) -> Result<Group> {
        let sign = (silence / SIGNS).max(Duration::from_millis(1));
        let peers: Vec<Option<Peer>> =
            streams.into_iter().map(|stream| Some(Peer::new(stream?.into()))).collect();
        let inbox = Inbox::new(rank, peers.len(), processors_for(peers.len()));
        let (told, closing) = (Mutex::new(false), AtomicBool::new(false));
        let shared = Arc::new(Shared { rank, timeout, silence, inbox, peers, told, closing });
        let mut group = Group { shared: shared.clone(), threads: Vec::new() };
        for (from, peer) in shared.peers() {
            let name = format!("from rank {from}");
            let reader = group.spawn(name, move |shared| shared.read(from, sign))?;
            peer.set_reader(reader.clone());
        }
        group.spawn("signs of life".to_owned(), move |shared| shared.give_signs(sign))?;
        Ok(group)
    }

    fn spawn(
        &mut self,
        name: String,
        f: impl FnOnce(&Shared) + Send + 'static,
    ) -> Result<&std::thread::Thread> {
        let shared = self.shared.clone();
        let thread = std::thread::Builder::new().name(name).spawn(move || f(&shared));
        self.threads.push(thread.map_err(|e| Error::setup(self.shared.rank, e))?);
        Ok(self.threads[self.threads.len() - 1].thread())
    }
}

impl Shared {
    fn peers(&self) -> impl Iterator<Item = (usize, &Peer)> {
        self.peers.iter().enumerate().filter_map(|(rank, peer)| Some((rank, peer.as_ref()?)))
    }

    fn peer(&self, rank: usize) -> &Peer {
        self.peers[rank].as_ref().expect("it is another rank")
    }

    /// The life of the thread that reads what `from` sends while no call does.
    fn read(&self, from: usize, sign: Duration) {
        let peer = self.peer(from);
        // Pauses are counted rather than timed: a process that was stopped itself has not been listening.
        let mut pauses = 0;
        while !self.closing.load(SeqCst) {
            if peer.is_read_by_calls() {
                pauses = 0;
                park_timeout(REST);
                continue;
            }
            if let Ok(false) = peer.stream.readable(sign) {
                pauses += 1;
                if pauses > SIGNS && !self.inbox.has_left(from) && self.inbox.failure().is_none() {
                    self.fail(Error::silent(from, self.silence));
                    return self.knows(peer);
                }
                continue;
            }
            pauses = 0;
            let Some(mut incoming) = peer.try_incoming() else { continue };
            loop {
                match incoming.read(None) {
                    Ok(Read::Frame(frame)) => self.take(from, frame),
                    Ok(Read::Nothing) => break,
                    Ok(Read::Placed) => unreachable!("no place was given"),
                    Err(end) => return self.ended(from, end),
                }
            }
        }
    }

    /// Reads what `from` sends until the message that a call waits for has been put in its place: `true`.
    /// Otherwise it is in the inbox, or there is a failure, or it takes its time, and is left to the
    /// connection's own thread.
    fn read_in_call(&self, from: usize, within: Within, mut place: Option<&mut [u8]>) -> bool {
        let peer = self.peer(from);
        let mut incoming = peer.incoming();
        let begin = Instant::now();
        while !self.inbox.has_something(from) {
            peer.read_by_call();
            match incoming.read(place.as_deref_mut().map(|place| (within.operation, place))) {
                Ok(Read::Placed) => return true,
                Ok(Read::Frame(frame)) => self.take(from, frame),
                Ok(Read::Nothing) => {
                    let waited = begin.elapsed();
                    if waited > CALL.min(within.limit) {
                        break;
                    }
                    if self.inbox.looks_out && waited < LOOK_OUT {
                        std::thread::yield_now();
                    } else {
                        let _ = peer.stream.readable(LOOK); // reading will say what is wrong
                    }
                }
                Err(end) => {
                    self.ended(from, end);
                    break;
                }
            }
        }
        if let Some(place) = place {
            incoming.take_back(place);
        }
        drop(incoming);
        if !self.inbox.has_something(from) {
            peer.leave_to_reader();
        }
        false
    }

    /// Does what a frame says.
    fn take(&self, from: usize, frame: Frame) {
        let peer = self.peer(from);
        match frame {
            Frame::Message(operation, message) => self.inbox.put(from, operation, message),
            Frame::Alive(rank) => peer.waits_for.store(rank.unwrap_or(NOBODY), SeqCst),
            Frame::Failed(error) => drop(self.inbox.fail(error)),
            Frame::Goodbye => {
                self.inbox.leave(from);
                let _ = peer.out().post(&Frame::Farewell); // unless it is gone, which is all the same
            }
            Frame::Farewell => self.knows(peer),
        }
    }

    fn knows(&self, peer: &Peer) {
        peer.knows.store(true, SeqCst);
        self.inbox.look_again();
    }

    /// No more will come from a rank.
    fn ended(&self, from: usize, end: End) {
        let died = |how: &str| drop(self.fail(Error::died(from, how)));
        match end {
            End::Nonsense => drop(self.fail(Error::differs(from, "sends what is no message"))),
            End::Closed { .. } if self.inbox.has_left(from) || self.closing.load(SeqCst) => {}
            End::Closed { inside: true, .. } => died("its connection ended in the middle of a message"),
            End::Closed { why: None, .. } => died("its connection was closed"),
            End::Closed { why: Some(why), .. } => died(&format!("its connection broke: {why}")),
        }
        self.knows(self.peer(from));
    }

    /// The life of the thread that tells the others that this process lives, and whom it waits for.
    fn give_signs(&self, every: Duration) {
        while !self.closing.load(SeqCst) {
            for (_, peer) in self.peers() {
                // Whoever holds it is sending, which is a sign as well.
                if let Some(mut out) = peer.try_out() {
                    let _ = out.post(&Frame::Alive(self.inbox.waits_for())); // the reader sees to errors
                }
            }
            park_timeout(every);
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

impl Shared {
    /// The next message in the inbox, for which it waits.
    fn receive(&self, from: usize, within: Within) -> Result<Vec<u8>> {
        let waits_for = |rank: usize| match self.peers.get(rank)?.as_ref()?.waits_for.load(SeqCst) {
            NOBODY => None,
            rank => Some(rank),
        };
        self.inbox.take(from, within, waits_for).map_err(|error| self.fail(error))
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
        let give_up = |stalled: Duration| {
            if stalled.is_zero() {
                // The other one may wait for the same. No call of this rank reads now.
                shared.peers().for_each(|(_, peer)| peer.leave_to_reader());
            }
            stalled > within.limit || stalled > GRACE && shared.inbox.failure().is_some()
        };
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
        self.shared.read_in_call(from, within, None);
        self.shared.receive(from, within)
    }

    fn receive_into(&self, from: usize, message: &mut [u8], within: Within) -> Result<()> {
        assert_other(self, "receive_into", from);
        if self.shared.read_in_call(from, within, Some(message)) {
            return Ok(());
        }
        put_into(self, from, within, message, &self.shared.receive(from, within)?)
    }

    fn ahead(&self, other: usize) -> usize {
        if self.shared.peer(other).stream.is_near() { 0 } else { AHEAD }
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
                peer.stream.close_sending();
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
            peer.stream.close();
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
    use std::net::{TcpListener, TcpStream};

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
