//! Another process of the group, as this one sees it.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};
use std::thread::Thread;
use std::time::{Duration, Instant};

use super::frame::{Incoming, Outgoing};
use super::stream::Stream;

/// No rank.
pub(super) const NOBODY: usize = usize::MAX;

/// A connection's own thread leaves it alone for so long after a call has read from it: it would be woken by
/// every message otherwise, on a processor that the ranks need.
pub(super) const REST: Duration = Duration::from_millis(2);

/// The connection to another process. What comes is read by the call that waits for it, which needs no other
/// thread to be woken, or else by the connection's own thread.
pub(super) struct Peer {
    pub(super) stream: Stream,
    out: Mutex<Outgoing>,
    incoming: Mutex<Incoming>,
    begin: Instant,
    /// When a call has last read, in microseconds from the beginning; 0 if the connection's thread is to
    /// read.
    read_by_call: AtomicU64,
    reader: OnceLock<Thread>,
    /// Whom it waits for, by its last sign of life.
    pub(super) waits_for: AtomicUsize,
    /// It has read this rank's goodbye, or is gone.
    pub(super) knows: AtomicBool,
}

impl Peer {
    pub(super) fn new(stream: Stream) -> Peer {
        Peer {
            out: Mutex::new(Outgoing::new(stream.clone())),
            incoming: Mutex::new(Incoming::new(stream.clone())),
            stream,
            begin: Instant::now(),
            read_by_call: AtomicU64::new(0),
            reader: OnceLock::new(),
            waits_for: AtomicUsize::new(NOBODY),
            knows: AtomicBool::new(false),
        }
    }

    pub(super) fn out(&self) -> MutexGuard<'_, Outgoing> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The sending end, unless somebody sends.
    pub(super) fn try_out(&self) -> Option<MutexGuard<'_, Outgoing>> {
        unless_taken(&self.out)
    }

    /// The receiving end. Whoever else has it gives it back soon.
    pub(super) fn incoming(&self) -> MutexGuard<'_, Incoming> {
        self.incoming.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The receiving end, unless somebody reads.
    pub(super) fn try_incoming(&self) -> Option<MutexGuard<'_, Incoming>> {
        unless_taken(&self.incoming)
    }

    pub(super) fn set_reader(&self, reader: Thread) {
        let _ = self.reader.set(reader); // there is one
    }

    fn now(&self) -> u64 {
        self.begin.elapsed().as_micros() as u64 + 1
    }

    /// A call reads now.
    pub(super) fn read_by_call(&self) {
        self.read_by_call.store(self.now(), SeqCst);
    }

    /// Whether calls have read a moment ago.
    pub(super) fn is_read_by_calls(&self) -> bool {
        let last = self.read_by_call.load(SeqCst);
        last > 0 && self.now().saturating_sub(last) < REST.as_micros() as u64
    }

    /// Nobody but the connection's own thread reads for now.
    pub(super) fn leave_to_reader(&self) {
        if self.read_by_call.swap(0, SeqCst) > 0
            && let Some(reader) = self.reader.get()
        {
            reader.unpark();
        }
    }
}

fn unless_taken<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    match mutex.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(guard)) => Some(guard.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}
