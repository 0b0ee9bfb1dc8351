//! The calls of MPI that send and receive short messages, and what the other ranks have said.

use std::mem::forget;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use mpi::datatype::Equivalence;
use mpi::request::StaticScope;
use mpi::topology::SimpleCommunicator;
use mpi::traits::*;

use super::tag::Tag;
use crate::inbox::Inbox;
use crate::{Error, Operation};

/// What the others have sent, and the lock under which MPI is called.
pub(super) struct Wire {
    pub(super) inbox: Inbox,
    /// How long a message may be on its way.
    pub(super) timeout: Duration,
    state: Mutex<State>,
    /// Held while a long message is sent.
    pub(super) sending: Mutex<()>,
}

pub(super) struct State {
    pub(super) peers: Vec<Peer>,
    /// This rank has told the others of a failure: it sends no more.
    pub(super) failed: bool,
}

/// What another rank has said beside its messages.
#[derive(Clone, Default)]
pub(super) struct Peer {
    /// It waits until its long message of so many bytes is taken.
    pub(super) announced: Option<(Operation, usize)>,
    /// The messages after a long one that is being stored.
    pub(super) after: Option<Vec<(Operation, Vec<u8>)>>,
    /// It waits for the next piece of this rank's long message.
    pub(super) clear: bool,
    /// It has told of a failure: it sends no more.
    pub(super) failed: bool,
    /// Whom it waits for, and when it said so.
    waits_for: Option<(usize, Instant)>,
}

/// The communicator of all ranks. It is made anew for each call: MPI's types stay in their thread.
pub(super) fn world() -> SimpleCommunicator {
    SimpleCommunicator::world()
}

impl Wire {
    pub(super) fn new(rank: usize, size: usize, timeout: Duration) -> Wire {
        let state = State { peers: vec![Peer::default(); size], failed: false };
        Wire {
            inbox: Inbox::new(rank, size, false),
            timeout,
            state: Mutex::new(state),
            sending: Mutex::new(()),
        }
    }

    /// Locked for every call of MPI, since only one thread at a time may make one.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts everything that has come in its place. Nothing comes unless somebody listens.
    pub(super) fn listen(&self) {
        let mut state = self.lock();
        let world = world();
        while let Some((message, status)) = world.any_process().immediate_matched_probe() {
            let from = status.source_rank() as usize;
            // All that comes here is short, so that MPI has it already, and this does not wait.
            let mut bytes = vec![0u8; status.count(u8::equivalent_datatype()).max(0) as usize];
            message.matched_receive_into(&mut bytes[..]);
            let peer = &mut state.peers[from];
            match (Tag::from_number(status.tag()), <[u8; 8]>::try_from(&bytes[..])) {
                (Some(Tag::Message(operation)), _) => match &mut peer.after {
                    Some(after) => after.push((operation, bytes)),
                    None => self.inbox.put(from, operation, bytes),
                },
                (Some(Tag::Announced(operation)), Ok(length)) => {
                    peer.announced = Some((operation, u64::from_le_bytes(length) as usize));
                }
                (Some(Tag::Clear), _) => peer.clear = true,
                (Some(Tag::Failed), _) => {
                    peer.failed = true;
                    self.inbox.fail(Error::from_bytes(&bytes).unwrap_or_else(|| nonsense(from)));
                }
                (Some(Tag::Goodbye), _) => self.inbox.leave(from),
                (Some(Tag::WaitsFor(rank)), _) => peer.waits_for = Some((rank, Instant::now())),
                (Some(Tag::Announced(_) | Tag::Piece) | None, _) => drop(self.inbox.fail(nonsense(from))),
            }
        }
    }

    /// Whom a rank waits for, if it has said so within this time.
    pub(super) fn waits_for(&self, rank: usize, within: Duration) -> Option<usize> {
        let (waits_for, when) = self.lock().peers.get(rank)?.waits_for?;
        (when.elapsed() < within).then_some(waits_for)
    }
}

/// Sends what needs no bytes, or those of `bytes`, which are there for ever, and does not wait.
pub(super) fn post(to: usize, tag: Tag, bytes: &'static [u8]) {
    let request =
        world().process_at_rank(to as i32).immediate_send_with_tag(StaticScope, bytes, tag.number());
    if let Err(unfinished) = request.test() {
        forget(unfinished); // MPI finishes it all the same, in later calls
    }
}

fn nonsense(from: usize) -> Error {
    Error::differs(from, "sends what is no message")
}
