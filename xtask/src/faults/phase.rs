//! Where in a run something happens to a rank.

use std::fmt;
use std::str::FromStr;

use clap::ValueEnum;

use crate::Error;

/// A part of the program in `program.rs`, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Phase {
    /// Before it looks for the others.
    Connect,
    /// The same, and it is the last to come.
    Meet,
    /// At a message of the first broadcast of parameters.
    Broadcast,
    /// At the beginning of a message of 64 MiB.
    Large,
    /// In the forward pass of a shard.
    Forward,
    /// At a message of a step: sums, losses, buffers, parameters, states.
    Exchange,
    /// Between two steps.
    Between,
    /// When rank 0 has begun to write a file.
    Checkpoint,
    /// After the last step, before all wait for each other.
    End,
    /// After that, before it takes leave.
    Leave,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.to_possible_value().expect("none is skipped").get_name())
    }
}

/// A phase and the number of the message, pass or step in it: `exchange:7`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) phase: Phase,
    pub(super) number: u64,
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.phase, self.number)
    }
}

impl FromStr for Moment {
    type Err = Error;

    fn from_str(text: &str) -> Result<Moment, Error> {
        let (phase, number) = text.split_once(':').ok_or("no `:` in it")?;
        Ok(Moment { phase: Phase::from_str(phase, false)?, number: number.parse()? })
    }
}
