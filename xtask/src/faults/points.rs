//! The moments at which a rank does as it was told: it waits, or panics, or merely says that it is there.

use std::fmt;
use std::io::stdin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clap::ValueEnum;
use distributed::{Communicator, Error, Result, Within};

use super::phase::{Moment, Phase};

/// What a rank prints at its moment.
pub(super) const REACHED: &str = "reached";

/// A message of so many bytes is large.
const LARGE: usize = 32 << 20;

/// What a rank does at its moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Then {
    /// Goes on.
    Go,
    /// Waits for a line.
    Wait,
    /// Panics.
    Panic,
}

impl fmt::Display for Then {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.to_possible_value().expect("none is skipped").get_name())
    }
}

/// The moments that a rank comes to.
pub(super) struct Points {
    at: Option<Moment>,
    then: Then,
    /// The phase that messages belong to, and how many it has had.
    messages: Mutex<(Phase, u64)>,
}

impl Points {
    pub(super) fn new(at: Option<Moment>, then: Then) -> Points {
        Points { at, then, messages: Mutex::new((Phase::Broadcast, 0)) }
    }

    /// The rank is there.
    pub(super) fn reach(&self, phase: Phase, number: u64) {
        if self.at != Some(Moment { phase, number }) {
            return;
        }
        println!("{REACHED}");
        match self.then {
            Then::Go => {}
            Then::Wait => drop(stdin().read_line(&mut String::new())), // or the one who waits is gone
            Then::Panic => panic!("as the fault wants it"),
        }
    }

    /// From now on messages belong to this phase.
    pub(super) fn enter(&self, phase: Phase) {
        *self.messages.lock().unwrap_or_else(PoisonError::into_inner) = (phase, 0);
    }

    /// A message is about to be sent or received.
    fn message(&self) {
        let (phase, number) = {
            let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
            messages.1 += 1;
            *messages
        };
        self.reach(phase, number);
    }
}

/// A communicator whose messages are moments.
pub(super) struct Watched {
    pub(super) comm: Arc<dyn Communicator>,
    pub(super) points: Arc<Points>,
}

impl Communicator for Watched {
    fn rank(&self) -> usize {
        self.comm.rank()
    }

    fn size(&self) -> usize {
        self.comm.size()
    }

    fn timeout(&self) -> Duration {
        self.comm.timeout()
    }

    fn send(&self, to: usize, message: &[u8], within: Within) -> Result<()> {
        self.points.message();
        if message.len() >= LARGE {
            self.points.reach(Phase::Large, 0);
        }
        self.comm.send(to, message, within)
    }

    fn receive(&self, from: usize, within: Within) -> Result<Vec<u8>> {
        self.points.message();
        self.comm.receive(from, within)
    }

    fn receive_into(&self, from: usize, message: &mut [u8], within: Within) -> Result<()> {
        self.points.message();
        self.comm.receive_into(from, message, within)
    }

    fn fail(&self, error: Error) -> Error {
        self.comm.fail(error)
    }
}
