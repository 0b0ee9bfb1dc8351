//! Where the messages for one rank wait, for every engine.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::{Error, Operation, Result, Within};

/// So many messages' memory is kept when they have been read, if they are of about the size of a chunk of a
/// sum. Fresh memory costs more than copying into it.
const SPARE: usize = 4;
const SPARE_BYTES: std::ops::RangeInclusive<usize> = 16 << 10..=1 << 20;

/// How long a rank looks out for a message before it sleeps, if it has a processor for itself: falling asleep
/// and waking up takes longer than most messages.
pub(crate) const LOOK_OUT: Duration = Duration::from_micros(50);

/// The messages for one rank, from each of the others, and whether all of it has failed.
pub(crate) struct Inbox {
    rank: usize,
    state: Mutex<State>,
    changed: Condvar,
    /// How many times something has changed.
    news: AtomicUsize,
    pub(crate) looks_out: bool,
}

struct State {
    senders: Vec<Sender>,
    failure: Option<Error>,
    /// How many threads sleep until something changes.
    asleep: usize,
    /// Memory of messages that have been read.
    spare: Vec<Vec<u8>>,
    /// Whom this rank waits for now.
    waits_for: Option<usize>,
}

#[derive(Clone, Default)]
struct Sender {
    messages: VecDeque<(Operation, Vec<u8>)>,
    /// It sends no more: it has dropped its communicator.
    left: bool,
}

/// Whether the machine has a processor for each of so many ranks.
pub(crate) fn processors_for(ranks: usize) -> bool {
    std::thread::available_parallelism().is_ok_and(|processors| ranks <= processors.get())
}

impl Inbox {
    /// The inbox of one of `size` ranks. `looks_out` says whether it has a processor for itself.
    pub(crate) fn new(rank: usize, size: usize, looks_out: bool) -> Inbox {
        let senders = vec![Sender::default(); size];
        let state = State { senders, failure: None, asleep: 0, spare: Vec::new(), waits_for: None };
        Inbox {
            rank,
            state: Mutex::new(state),
            changed: Condvar::new(),
            news: AtomicUsize::new(0),
            looks_out,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // What is done under the lock does not panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes something, and wakes those who wait for it.
    fn change<R>(&self, f: impl FnOnce(&mut State) -> R) -> R {
        let mut state = self.state();
        let result = f(&mut state);
        self.news.fetch_add(1, SeqCst);
        let asleep = state.asleep > 0;
        drop(state);
        // Waking is a call of the system even if nobody sleeps.
        if asleep {
            self.changed.notify_all();
        }
        result
    }

    /// Sleeps until something changes, or so long.
    fn sleep<'a>(&'a self, mut state: MutexGuard<'a, State>, limit: Duration) -> MutexGuard<'a, State> {
        state.asleep += 1;
        let mut state = self.changed.wait_timeout(state, limit).unwrap_or_else(PoisonError::into_inner).0;
        state.asleep -= 1;
        state
    }

    /// A message has come.
    pub(crate) fn put(&self, from: usize, operation: Operation, message: Vec<u8>) {
        self.change(|state| state.senders[from].messages.push_back((operation, message)));
    }

    /// The same for a message that lies elsewhere.
    pub(crate) fn put_copy(&self, from: usize, operation: Operation, message: &[u8]) {
        let mut copy = match SPARE_BYTES.contains(&message.len()) {
            true => self.state().spare.pop().unwrap_or_default(),
            false => Vec::new(),
        };
        copy.extend_from_slice(message);
        self.put(from, operation, copy);
    }

    /// Gives back the memory of a message.
    pub(crate) fn recycle(&self, mut message: Vec<u8>) {
        let mut state = self.state();
        if SPARE_BYTES.contains(&message.capacity()) && state.spare.len() < SPARE {
            message.clear();
            state.spare.push(message);
        }
    }

    /// Nothing more will come from this rank.
    pub(crate) fn leave(&self, from: usize) {
        self.change(|state| state.senders[from].left = true);
    }

    /// Whether [`leave`](Inbox::leave) was called for this rank.
    pub(crate) fn has_left(&self, from: usize) -> bool {
        self.state().senders[from].left
    }

    /// Records a failure, unless there was one before, and gives the one that counts.
    pub(crate) fn fail(&self, error: Error) -> Error {
        self.change(|state| state.failure.get_or_insert(error).clone())
    }

    pub(crate) fn failure(&self) -> Option<Error> {
        self.state().failure.clone()
    }

    /// Whether [`take`](Inbox::take) would come to something at once: a message or an error.
    pub(crate) fn has_something(&self, from: usize) -> bool {
        let state = self.state();
        state.failure.is_some() || state.senders[from].left || !state.senders[from].messages.is_empty()
    }

    /// Whom this rank waits for now.
    pub(crate) fn waits_for(&self) -> Option<usize> {
        self.state().waits_for
    }

    /// Waits until `over`, or failure; for `limit` at most.
    pub(crate) fn wait(&self, limit: Duration, over: impl Fn() -> bool) {
        let deadline = Instant::now() + limit;
        let mut state = self.state();
        while state.failure.is_none() && !over() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            state = self.sleep(state, left);
        }
    }

    /// Makes those who [`wait`](Inbox::wait) look again.
    pub(crate) fn look_again(&self) {
        self.change(|_| ());
    }

    /// The next message from a rank, for which it waits. `waits_for` says whom another rank waits for, as far
    /// as is known; the error is to be made known to the others.
    pub(crate) fn take(
        &self,
        from: usize,
        within: Within,
        waits_for: impl Fn(usize) -> Option<usize>,
    ) -> Result<Vec<u8>> {
        let Within { operation, limit } = within;
        let begin = Instant::now();
        loop {
            let news = self.news.load(SeqCst);
            let mut state = self.state();
            if let Some(message) = self.next(&mut state, from, operation)? {
                return Ok(message);
            }
            let waited = begin.elapsed();
            if waited >= limit {
                break;
            }
            state.waits_for = Some(from);
            if self.looks_out && waited < LOOK_OUT {
                drop(state);
                while self.news.load(SeqCst) == news && begin.elapsed() < LOOK_OUT {
                    // Should the other one be on the same processor, it goes on.
                    std::thread::yield_now();
                }
            } else {
                drop(self.sleep(state, limit - waited));
            }
        }
        // It still says whom it waits for: others whose time is up look at it while it looks at them.
        Err(self.late(from, within, waits_for))
    }

    /// The next message from a rank, if there is one.
    #[cfg(feature = "mpi")]
    pub(crate) fn try_take(&self, from: usize, operation: Operation) -> Result<Option<Vec<u8>>> {
        self.next(&mut self.state(), from, operation)
    }

    /// Whether a message from a rank is of the operation in which this rank takes it.
    pub(crate) fn same(&self, from: usize, theirs: Operation, mine: Operation) -> Result<()> {
        if theirs == mine {
            return Ok(());
        }
        Err(Error::differs(from, format_args!("is in {theirs}, and rank {} in {mine}", self.rank)))
    }

    /// The error that nothing has come in time.
    pub(crate) fn late(
        &self,
        from: usize,
        within: Within,
        waits_for: impl Fn(usize) -> Option<usize>,
    ) -> Error {
        let size = self.state().senders.len();
        let culprit = self.culprit(from, size, waits_for);
        let through = (culprit != from).then_some(from);
        Error::timed_out(within.limit, within.operation, culprit, through)
    }

    /// The next message from a rank, if it has come.
    fn next(&self, state: &mut State, from: usize, operation: Operation) -> Result<Option<Vec<u8>>> {
        if let Some(failure) = &state.failure {
            return Err(failure.clone());
        }
        if let Some((theirs, message)) = state.senders[from].messages.pop_front() {
            self.same(from, theirs, operation)?;
            state.waits_for = None;
            return Ok(Some(message));
        }
        if state.senders[from].left {
            return Err(Error::left(from, operation));
        }
        Ok(None)
    }

    /// The rank that keeps `from` waiting, or `from` itself. Everybody's time is up at about the same moment,
    /// and the one that all wait for is to be named, not the nearest that waits as well.
    fn culprit(&self, from: usize, size: usize, waits_for: impl Fn(usize) -> Option<usize>) -> usize {
        let mut at = from;
        for _ in 0..size {
            match waits_for(at) {
                Some(next) if next == self.rank => return from, // they wait for each other
                Some(next) => at = next,
                None => return at,
            }
        }
        from
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Within = Within { operation: Operation::Barrier, limit: Duration::from_millis(10) };

    #[test]
    fn messages_come_in_order_and_only_in_their_operation() {
        let inbox = Inbox::new(0, 3, true);
        inbox.put(1, Operation::Barrier, vec![1]);
        inbox.put(1, Operation::Barrier, vec![2]);
        inbox.put(1, Operation::Gather, vec![3]);
        inbox.leave(1);
        assert_eq!(inbox.take(1, SOON, |_| None).unwrap(), [1]);
        assert_eq!(inbox.take(1, SOON, |_| None).unwrap(), [2]);
        let differs = inbox.take(1, SOON, |_| None).unwrap_err();
        assert_eq!(differs.to_string(), "rank 1 is in gather, and rank 0 in barrier");
        let left = inbox.take(1, SOON, |_| None).unwrap_err();
        assert_eq!(left.to_string(), "rank 1 has left, and others wait for it in barrier");
    }

    #[test]
    fn the_first_failure_stays() {
        let inbox = Inbox::new(0, 2, false);
        inbox.put(1, Operation::Barrier, vec![1]);
        let first = inbox.fail(Error::died(1, "first"));
        assert_eq!(inbox.fail(Error::died(0, "second")), first);
        assert_eq!(inbox.take(1, SOON, |_| None), Err(first));
    }

    #[test]
    fn the_one_that_all_wait_for_is_named() {
        let inbox = Inbox::new(0, 5, true);
        let named = |waits: [Option<usize>; 5]| inbox.take(1, SOON, |rank| waits[rank]).unwrap_err().rank();
        assert_eq!(named([None; 5]), 1);
        assert_eq!(named([None, Some(4), None, None, Some(3)]), 3);
        assert_eq!(named([None, Some(0), None, None, None]), 1); // each other
        assert_eq!(named([None, Some(2), Some(3), Some(2), None]), 1); // a circle of others
    }
}
