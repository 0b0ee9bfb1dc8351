//! One process's part in the world.

use std::thread::{sleep, yield_now};
use std::time::{Duration, Instant};

use mpi::request::scope;
use mpi::traits::Communicator as _;

use super::MpiOptions;
use super::keeper::Keeper;
use super::tag::Tag;
use super::transfer::{Outgoing, SHORT};
use super::wire::{State, Wire, post, world};
use crate::communicator::assert_other;
use crate::{Communicator, Error, Result, Within};

/// How long a wait goes on without a pause, other than to let another thread have the processor.
const WATCH: Duration = Duration::from_micros(200);

/// The longest pause.
const PAUSE: Duration = Duration::from_millis(1);

/// So often within its time limit a rank tells the others whom it waits for.
const SIGNS: u32 = 10;

/// How long a rank waits for the others to leave after a failure.
const GRACE: Duration = Duration::from_secs(2);

/// A process of the world. Dropping it is taking leave.
pub(super) struct Rank {
    number: usize,
    size: usize,
    wire: Wire,
    keeper: Option<Keeper>,
}

/// What a rank that is received from has: the message, or a long one, of this length, yet to be taken.
enum Next {
    Message(Vec<u8>),
    Announced(usize),
}

impl Rank {
    pub(super) fn new(options: MpiOptions) -> Result<Rank> {
        let keeper = Some(Keeper::begin()?);
        let (number, size) = (world().rank() as usize, world().size() as usize);
        let wire = Wire::new(number, size, options.timeout);
        Ok(Rank { number, size, wire, keeper })
    }

    fn post_to_all(&self, _locked: &State, tag: Tag, bytes: &'static [u8]) {
        (0..self.size).filter(|rank| *rank != self.number).for_each(|rank| post(rank, tag, bytes));
    }

    fn send_long(&self, to: usize, message: &[u8], within: Within) -> Result<()> {
        let wire = &self.wire;
        scope(|scope| {
            let mut outgoing = Outgoing::new(wire, to, message, within, scope);
            let result = self.until_sent(&mut outgoing, to, within);
            self.end(outgoing);
            result
        })
    }

    fn until_sent(&self, outgoing: &mut Outgoing, to: usize, within: Within) -> Result<()> {
        let wire = &self.wire;
        let mut wait = Wait::new(self, to, within);
        loop {
            wire.listen();
            outgoing.advance(wire, &mut wire.lock());
            if outgoing.is_done() {
                return Ok(());
            }
            if outgoing.pause() {
                wait = Wait::new(self, to, within); // the receiver moves
            } else if let Some(failure) = wire.inbox.failure() {
                return Err(failure);
            } else if wire.inbox.has_left(to) {
                return Err(Error::left(to, within.operation));
            } else if wait.is_over() {
                return Err(Error::timed_out(within.limit, within.operation, to, None));
            } else {
                wait.pause();
            }
            // Two that send to each other have to take each other's message first.
            while wire.store_long(within, Some(outgoing))? {}
        }
    }

    /// Two that exchange long messages: each is announced before the other one is waited for, so that both
    /// take what they get where it belongs.
    fn exchange_long(&self, other: usize, mine: &[u8], theirs: &mut [u8], within: Within) -> Result<()> {
        scope(|scope| {
            let mut outgoing = Outgoing::new(&self.wire, other, mine, within, scope);
            let taken = self.take_into(other, theirs, within, Some(&mut outgoing));
            let result = taken.and_then(|()| self.until_sent(&mut outgoing, other, within));
            self.end(outgoing);
            result
        })
    }

    /// Waits until MPI has no piece of a message any more.
    fn end(&self, mut outgoing: Outgoing) {
        while outgoing.pause() {
            self.wire.listen();
            outgoing.advance(&self.wire, &mut self.wire.lock());
        }
    }

    /// Puts the next message where it belongs, while another one may be on its way.
    fn take_into(
        &self,
        from: usize,
        message: &mut [u8],
        within: Within,
        mut outgoing: Option<&mut Outgoing>,
    ) -> Result<()> {
        let due = message.len();
        let fits = |came: usize| match came == due {
            true => Ok(()),
            false => Err(Error::other_length(from, within.operation, self.number, came, due)),
        };
        match self.next(from, within, outgoing.as_deref_mut())? {
            Next::Message(came) => fits(came.len()).map(|()| message.copy_from_slice(&came)),
            Next::Announced(length) => {
                fits(length).and_then(|()| self.wire.receive_long(from, message, within, outgoing))
            }
        }
    }

    /// Waits for the next message, while another one may be on its way.
    fn next(&self, from: usize, within: Within, mut outgoing: Option<&mut Outgoing>) -> Result<Next> {
        let wire = &self.wire;
        let mut wait = Wait::new(self, from, within);
        loop {
            wire.listen();
            if let Some(outgoing) = &mut outgoing {
                outgoing.advance(wire, &mut wire.lock());
            }
            if let Some(message) = wire.inbox.try_take(from, within.operation)? {
                return Ok(Next::Message(message));
            }
            if let Some((operation, length)) = wire.announced(from) {
                wire.inbox.same(from, operation, within.operation)?;
                return Ok(Next::Announced(length));
            }
            if wire.store_long(within, outgoing.as_deref_mut())? {
                continue;
            }
            if wait.is_over() {
                let recently = within.limit * 2 / SIGNS;
                return Err(wire.inbox.late(from, within, |rank| wire.waits_for(rank, recently)));
            }
            wait.pause();
        }
    }
}

/// A wait for another rank that can be given up.
struct Wait<'a> {
    rank: &'a Rank,
    peer: usize,
    limit: Duration,
    begin: Instant,
    signs: u32,
}

impl Wait<'_> {
    fn new(rank: &Rank, peer: usize, within: Within) -> Wait<'_> {
        Wait { rank, peer, limit: within.limit, begin: Instant::now(), signs: 1 }
    }

    fn is_over(&self) -> bool {
        self.begin.elapsed() > self.limit
    }

    /// The longer it has been, the longer a pause: an eighth of it.
    fn pause(&mut self) {
        let waited = self.begin.elapsed();
        if waited < WATCH {
            return yield_now();
        }
        if waited > self.limit / SIGNS * self.signs {
            self.signs += 1;
            self.rank.post_to_all(&self.rank.wire.lock(), Tag::WaitsFor(self.peer), &[]);
        }
        sleep((waited / 8).min(PAUSE));
    }
}

impl Communicator for Rank {
    fn rank(&self) -> usize {
        self.number
    }

    fn size(&self) -> usize {
        self.size
    }

    fn timeout(&self) -> Duration {
        self.wire.timeout
    }

    fn send(&self, to: usize, message: &[u8], within: Within) -> Result<()> {
        assert_other(self, "send", to);
        self.wire.listen();
        let sent = match self.wire.inbox.failure() {
            Some(failure) => Err(failure),
            None if self.wire.inbox.has_left(to) => Err(Error::left(to, within.operation)),
            None if message.len() > SHORT => self.send_long(to, message, within),
            None => {
                self.wire.send_short(to, Tag::Message(within.operation), message, within);
                Ok(())
            }
        };
        sent.map_err(|error| self.fail(error))
    }

    fn receive(&self, from: usize, within: Within) -> Result<Vec<u8>> {
        assert_other(self, "receive", from);
        let received = self.next(from, within, None).and_then(|next| match next {
            Next::Message(message) => Ok(message),
            Next::Announced(length) => {
                let mut message = vec![0; length];
                self.wire.receive_long(from, &mut message, within, None).map(|()| message)
            }
        });
        received.map_err(|error| self.fail(error))
    }

    fn receive_into(&self, from: usize, message: &mut [u8], within: Within) -> Result<()> {
        assert_other(self, "receive", from);
        self.take_into(from, message, within, None).map_err(|error| self.fail(error))
    }

    fn exchange(&self, other: usize, mine: &[u8], theirs: &mut [u8], within: Within) -> Result<()> {
        assert_other(self, "exchange", other);
        if mine.len() <= SHORT {
            self.send(other, mine, within)?;
            return self.receive_into(other, theirs, within);
        }
        self.wire.listen();
        let exchanged = match self.wire.inbox.failure() {
            Some(failure) => Err(failure),
            None if self.wire.inbox.has_left(other) => Err(Error::left(other, within.operation)),
            None => self.exchange_long(other, mine, theirs, within),
        };
        exchanged.map_err(|error| self.fail(error))
    }

    /// A failure that this rank was told is passed on, too: the others wait for that where a long message is
    /// under way.
    fn fail(&self, error: Error) -> Error {
        let first = self.wire.inbox.fail(error);
        let mut state = self.wire.lock();
        if !std::mem::replace(&mut state.failed, true) {
            let mut bytes = first.to_bytes();
            bytes.truncate(SHORT);
            // Once in a process's life, and MPI may need them as long.
            self.post_to_all(&state, Tag::Failed, bytes.leak());
        }
        first
    }
}

impl Drop for Rank {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.fail(Error::panicked(self.number, &"its own output says why"));
        }
        let inbox = &self.wire.inbox;
        let failed = inbox.failure().map(|failure| self.fail(failure)).is_some();
        self.post_to_all(&self.wire.lock(), Tag::Goodbye, &[]);
        // MPI ends together with all ranks, for which it waits without a limit. Those that have said goodbye
        // come.
        let all_come = || (0..self.size).all(|rank| rank == self.number || inbox.has_left(rank));
        let until = Instant::now() + GRACE;
        while failed && !all_come() && Instant::now() < until {
            self.wire.listen();
            sleep(PAUSE);
        }
        if let Some(keeper) = self.keeper.take() {
            keeper.end(!failed || all_come());
        }
    }
}
