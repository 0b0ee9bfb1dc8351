//! What happens to which rank, when, and what the others are to say about it.

use std::time::Duration;

use tensor::Generator;

use super::phase::{Moment, Phase};
use super::points::Then;
use super::program::{EVERY, STEPS};
use super::stranger::Stranger;

/// So many ranks, but for the case in which two of them have a message to send that nobody else hears of.
pub(super) const RANKS: u32 = 4;

/// The time limits of the runs.
pub(super) const TIMEOUT: Duration = Duration::from_secs(4);
pub(super) const SILENCE: Duration = Duration::from_secs(2);

/// For ranks to end once they know: they take leave, on a machine that may be busy.
const MOMENT: Duration = Duration::from_secs(2);

/// What happens to a rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing.
    None,
    /// `kill -9` while it waits at the moment.
    Kill,
    /// `kill -9` when it has gone on from the moment for a while.
    KillSoon,
    /// `kill -9` at any time.
    KillAnywhere,
    /// SIGSTOP while it waits at the moment.
    Stop,
    /// SIGSTOP when it has gone on from the moment for a while.
    StopSoon,
    /// The same, and SIGCONT while the others still wait.
    StopBriefly,
    /// It lives, and does nothing any more.
    Hang,
    Panic,
    /// The link of its host is cut.
    Cut,
    /// The same, and mended while all still wait.
    CutBriefly,
    /// It is another program.
    Stranger(Stranger),
    /// An argument of its own: the name and the value.
    Other(&'static str, &'static str),
}

impl Fault {
    /// Its name in the table.
    pub(super) fn name(self) -> String {
        match self {
            Fault::None => "none".to_owned(),
            Fault::Kill => "kill −9".to_owned(),
            Fault::KillSoon => "kill −9, at work".to_owned(),
            Fault::KillAnywhere => "kill −9, at any time".to_owned(),
            Fault::Stop => "SIGSTOP".to_owned(),
            Fault::StopSoon => "SIGSTOP, at work".to_owned(),
            Fault::StopBriefly => "SIGSTOP, SIGCONT in time".to_owned(),
            Fault::Hang => "hangs".to_owned(),
            Fault::Panic => "panics".to_owned(),
            Fault::Cut => "link cut".to_owned(),
            Fault::CutBriefly => "link cut, mended in time".to_owned(),
            Fault::Stranger(Stranger::Version) => "another version".to_owned(),
            Fault::Stranger(Stranger::Protocol) => "another protocol".to_owned(),
            Fault::Other(name, _) => format!("another {}", name.trim_start_matches("--")),
        }
    }
}

impl Fault {
    /// What others say of a rank that gives no sign of life.
    pub(super) fn silent(rank: u32) -> String {
        format!("rank {rank} has given no sign of life for {} s", SILENCE.as_secs())
    }
}

/// One run.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) fault: Fault,
    pub(super) victim: u32,
    /// The moment at which it happens; none if it is there from the start.
    pub(super) at: Option<Moment>,
    /// How long after the moment.
    pub(super) after: Duration,
    /// The ranks are connected over TCP though they are on one machine.
    pub(super) tcp: bool,
    /// How many ranks there are, and how many go on with the run afterwards.
    pub(super) ranks: u32,
    pub(super) resumed_by: u32,
}

impl Case {
    /// What is to happen to the victim at its moment.
    pub(super) fn then(&self) -> Then {
        match self.fault {
            Fault::Cut if self.phase() == Some(Phase::Large) => Then::Go,
            Fault::Kill | Fault::Stop | Fault::Hang | Fault::Cut | Fault::CutBriefly => Then::Wait,
            Fault::Panic => Then::Panic,
            _ => Then::Go,
        }
    }

    pub(super) fn phase(&self) -> Option<Phase> {
        self.at.map(|at| at.phase)
    }

    fn connecting(&self) -> bool {
        matches!(self.phase(), Some(Phase::Connect | Phase::Meet))
    }

    /// A rank that comes after it has happened: so the others are still connecting.
    pub(super) fn late(&self) -> Option<u32> {
        let soon = matches!(self.fault, Fault::KillSoon | Fault::StopSoon);
        (soon && self.phase() == Some(Phase::Connect)).then_some(if self.victim == 3 { 2 } else { 3 })
    }

    /// Whether the others have the whole run by then, and need not complain of anything.
    pub(super) fn is_over(&self) -> bool {
        self.phase() == Some(Phase::Leave)
    }

    /// The same, and whether it happens then is a matter of chance.
    pub(super) fn may_be_over(&self) -> bool {
        self.is_over() || self.fault == Fault::KillAnywhere
    }

    /// Whether a rank has to end by itself.
    pub(super) fn concerns(&self, rank: u32) -> bool {
        rank != self.victim || self.fault == Fault::Cut
    }

    /// How long the others may take to end.
    pub(super) fn limit(&self) -> Duration {
        let connecting = self.connecting();
        MOMENT
            + match self.fault {
                _ if connecting => TIMEOUT + TIMEOUT / 2,
                Fault::Stop | Fault::StopSoon | Fault::Cut => SILENCE + SILENCE / 5,
                Fault::Stranger(_) | Fault::Other(..) => TIMEOUT,
                Fault::Hang if self.is_over() => SILENCE,
                Fault::Hang => TIMEOUT,
                _ => Duration::from_secs(1),
            }
    }

    /// Sentences of which each other rank has to say one.
    pub(super) fn reasons(&self) -> Vec<String> {
        let (v, timeout) = (self.victim, TIMEOUT.as_secs());
        if self.connecting() {
            // It depends on how far it has come.
            let mut reasons = vec![format!("rank {v} died: "), Fault::silent(v)];
            reasons.extend(match v {
                0 => vec![
                    "rank 0 does not answer at ".to_owned(),
                    format!("rank 0 gives no answer within {timeout} s"),
                ],
                _ => vec![
                    format!("rank {v} has not come to rank 0 within {timeout} s"),
                    format!("rank {v} is not connected to all others within {timeout} s"),
                    format!("rank {v} has not connected to rank "),
                    format!("rank {v} cannot be reached by rank "),
                ],
            });
            return reasons;
        }
        vec![match self.fault {
            // With more of them, another one may have told of its end by then.
            Fault::KillSoon if self.phase() == Some(Phase::Large) && self.ranks == 2 => {
                format!("rank {v} died: its connection ended in the middle of a message")
            }
            Fault::Kill | Fault::KillSoon | Fault::KillAnywhere => format!("rank {v} died: "),
            Fault::Stop | Fault::StopSoon => Fault::silent(v),
            Fault::Hang => format!("timed out after {timeout} s waiting for rank {v} in "),
            Fault::Panic => format!("rank {v} panicked: "),
            Fault::Stranger(Stranger::Version) => format!("rank {v} is of version 0.0.0, and rank 0 of "),
            Fault::Stranger(Stranger::Protocol) => {
                format!("rank {v} speaks version 2 of the protocol, and rank 0 version 1")
            }
            Fault::Other(..) => format!("rank {v} has "),
            Fault::None | Fault::StopBriefly | Fault::Cut | Fault::CutBriefly => return vec![],
        }]
    }
}

/// The cases of so many runs: each rank in each phase, and what is left for kills at any time. With fewer runs
/// than that, evenly chosen ones.
pub(super) fn cases(runs: usize, generator: &mut Generator) -> Vec<Case> {
    use Phase::*;
    let mut list = Vec::new();
    for victim in 0..RANKS {
        for phase in [Connect, Broadcast, Forward, Exchange, End, Leave] {
            list.push((Fault::Kill, victim, Some(phase)));
        }
        for phase in [Connect, Meet, Large, Exchange, Checkpoint] {
            list.push((Fault::KillSoon, victim, Some(phase)));
        }
        for phase in [Broadcast, End] {
            list.push((Fault::Stop, victim, Some(phase)));
        }
        for phase in [Connect, Meet, Large, Exchange, Checkpoint] {
            list.push((Fault::StopSoon, victim, Some(phase)));
        }
        for phase in [Forward, Exchange] {
            list.push((Fault::Hang, victim, Some(phase)));
        }
        list.push((Fault::StopBriefly, victim, Some(Exchange)));
        list.push((Fault::Panic, victim, Some(Forward)));
        list.push((Fault::Panic, victim, Some(Between)));
    }
    let other = [
        Fault::Stranger(Stranger::Version),
        Fault::Stranger(Stranger::Protocol),
        Fault::Other("--seed", "1"),
        Fault::Other("--shards", "5"),
        Fault::Other("--width", "33"),
    ];
    list.extend((1..).zip(other).map(|(i, fault)| (fault, 1 + i % (RANKS - 1), None)));
    let whole = list.len();
    if runs < whole {
        list = (0..runs).map(|i| list[i * whole / runs]).collect();
    }
    list.extend((whole..runs).map(|i| (Fault::KillAnywhere, i as u32 % RANKS, Some(Connect))));
    drawn(list, generator)
}

/// The cases of runs on several hosts: each link cut, for good and for a while. A large message takes longer
/// than the time limit over links that lose packets.
pub(super) fn link_cases(hosts: u32, large: bool, runs: usize, generator: &mut Generator) -> Vec<Case> {
    let mut list = vec![(Fault::None, 0, None)];
    for victim in 0..hosts {
        list.push((Fault::Cut, victim, Some(Phase::Exchange)));
        list.push((Fault::Cut, victim, Some(Phase::Forward)));
        list.extend(large.then_some((Fault::Cut, victim, Some(Phase::Large))));
        list.push((Fault::CutBriefly, victim, Some(Phase::Exchange)));
    }
    list = list.iter().cycle().take(runs.max(list.len())).copied().collect();
    drawn(list, generator)
}

/// The list with what is left to chance.
fn drawn(list: Vec<(Fault, u32, Option<Phase>)>, generator: &mut Generator) -> Vec<Case> {
    use Phase::*;
    let mut below = |n: u64| generator.next_u64() % n;
    let case = |(i, (fault, victim, phase)): (usize, (Fault, u32, Option<Phase>))| {
        let number = match phase {
            Some(Broadcast) => 1 + below(8),
            Some(Forward | Between) => 1 + below(STEPS),
            Some(Exchange) => 1 + below(100),
            Some(Checkpoint) => EVERY * (1 + below(STEPS / EVERY - 1)), // the last one is the end
            _ => 0,
        };
        let after = match (fault, phase) {
            (Fault::KillAnywhere, _) => below(200),
            (_, Some(Meet)) => below(10),
            (Fault::KillSoon | Fault::StopSoon, Some(Connect)) => 200 + below(100),
            (Fault::KillSoon | Fault::StopSoon | Fault::Cut, Some(Large)) => 2 + below(10),
            (Fault::KillSoon | Fault::StopSoon | Fault::StopBriefly, Some(Exchange)) => below(8),
            _ => 0,
        };
        let at = phase.map(|phase| Moment { phase, number });
        let ranks = if fault == Fault::KillSoon && phase == Some(Large) && victim < 2 { 2 } else { RANKS };
        let tcp = i % 2 == 0;
        let resumed_by = 1 + i as u32 % (RANKS - 1);
        let resumed_by = if resumed_by == ranks { RANKS } else { resumed_by };
        Case { fault, victim, at, after: Duration::from_millis(after), tcp, ranks, resumed_by }
    };
    list.into_iter().enumerate().map(case).collect()
}
