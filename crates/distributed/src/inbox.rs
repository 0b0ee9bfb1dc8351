//! Where the messages for one rank wait, for every engine.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::{Error, Operation, Result, Within};

/// The messages for one rank, from each of the others, and whether all of it has failed.
pub(crate) struct Inbox {
    rank: usize,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    senders: Vec<Sender>,
    failure: Option<Error>,
    /// Whom this rank waits for now.
    waits_for: Option<usize>,
}

#[derive(Clone, Default)]
struct Sender {
    messages: VecDeque<(Operation, Vec<u8>)>,
    /// It sends no more: it has dropped its communicator.
    left: bool,
}

impl Inbox {
    pub(crate) fn new(rank: usize, size: usize) -> Inbox {
        let senders = vec![Sender::default(); size];
        let state = State { senders, failure: None, waits_for: None };
        Inbox { rank, state: Mutex::new(state), changed: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // What is done under the lock does not panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A message has come.
    pub(crate) fn put(&self, from: usize, operation: Operation, message: Vec<u8>) {
        self.state().senders[from].messages.push_back((operation, message));
        self.changed.notify_all();
    }

    /// Nothing more will come from this rank.
    pub(crate) fn leave(&self, from: usize) {
        self.state().senders[from].left = true;
        self.changed.notify_all();
    }

    /// Whether [`leave`](Inbox::leave) was called for this rank.
    pub(crate) fn has_left(&self, from: usize) -> bool {
        self.state().senders[from].left
    }

    /// Records a failure, unless there was one before, and gives the one that counts.
    pub(crate) fn fail(&self, error: Error) -> Error {
        let first = self.state().failure.get_or_insert(error).clone();
        self.changed.notify_all();
        first
    }

    pub(crate) fn failure(&self) -> Option<Error> {
        self.state().failure.clone()
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
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Makes those who [`wait`](Inbox::wait) look again.
    pub(crate) fn look_again(&self) {
        drop(self.state()); // so that nobody is between looking and waiting
        self.changed.notify_all();
    }

    /// The next message from a rank, for which it waits. `waits_for` says whom another rank waits for, as far
    /// as is known; the error is to be made known to the others.
    pub(crate) fn take(
        &self,
        from: usize,
        within: Within,
        waits_for: impl Fn(usize) -> Option<usize>,
    ) -> Result<Vec<u8>> {
        let deadline = Instant::now() + within.limit;
        let mut state = self.state();
        loop {
            if let Some(message) = self.next(&mut state, from, within.operation)? {
                state.waits_for = None;
                return Ok(message);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state.waits_for = Some(from);
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        // It still says whom it waits for: others whose time is up look at it while it looks at them.
        drop(state);
        Err(self.late(from, within, waits_for))
    }

    /// The next message from a rank, if there is one.
    #[cfg(feature = "mpi")]
    pub(crate) fn try_take(&self, from: usize, operation: Operation) -> Result<Option<Vec<u8>>> {
        self.next(&mut self.state(), from, operation)
    }

    fn next(&self, state: &mut State, from: usize, operation: Operation) -> Result<Option<Vec<u8>>> {
        if let Some(failure) = &state.failure {
            return Err(failure.clone());
        }
        match state.senders[from].messages.pop_front() {
            Some((theirs, message)) => self.same(from, theirs, operation).map(|()| Some(message)),
            None if state.senders[from].left => Err(Error::left(from, operation)),
            None => Ok(None),
        }
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
        let inbox = Inbox::new(0, 3);
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
        let inbox = Inbox::new(0, 2);
        inbox.put(1, Operation::Barrier, vec![1]);
        let first = inbox.fail(Error::died(1, "first"));
        assert_eq!(inbox.fail(Error::died(0, "second")), first);
        assert_eq!(inbox.take(1, SOON, |_| None), Err(first));
    }

    #[test]
    fn the_one_that_all_wait_for_is_named() {
        let inbox = Inbox::new(0, 5);
        let named = |waits: [Option<usize>; 5]| inbox.take(1, SOON, |rank| waits[rank]).unwrap_err().rank();
        assert_eq!(named([None; 5]), 1);
        assert_eq!(named([None, Some(4), None, None, Some(3)]), 3);
        assert_eq!(named([None, Some(0), None, None, None]), 1); // each other
        assert_eq!(named([None, Some(2), Some(3), Some(2), None]), 1); // a circle of others
    }
}
