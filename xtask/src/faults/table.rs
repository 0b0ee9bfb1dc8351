//! The table of what happened.

use std::time::Duration;

use super::case::{Case, Fault};
use super::run::Outcome;

/// What happened, by fault and phase, in the order of the first.
#[derive(Default)]
pub(super) struct Table(Vec<Row>);

struct Row {
    name: String,
    times: Vec<Duration>,
    runs: usize,
    message: String,
}

/// The fault and the phase, as the first two cells of a row.
pub(super) fn name(case: &Case) -> String {
    let phase = match (case.fault, case.phase()) {
        (Fault::KillAnywhere, _) => "any".to_owned(),
        (_, Some(phase)) => phase.to_string(),
        (_, None) => "start".to_owned(),
    };
    format!("{} | {phase}", case.fault.name())
}

impl Table {
    pub(super) fn add(&mut self, case: &Case, outcome: Outcome) {
        let name = name(case);
        let place = self.0.iter().position(|row| row.name == name).unwrap_or_else(|| {
            self.0.push(Row { name, times: Vec::new(), runs: 0, message: outcome.message });
            self.0.len() - 1
        });
        self.0[place].runs += 1;
        self.0[place].times.extend(outcome.took);
    }

    pub(super) fn print(&mut self) {
        println!("| fault | phase | runs | ended after, median | worst | the first message |");
        println!("|---|---|---|---|---|---|");
        for row in &mut self.0 {
            row.times.sort();
            let time = |time: Option<&Duration>| {
                time.map_or("–".to_owned(), |time| format!("{:.2} s", time.as_secs_f64()))
            };
            let (median, worst) = (time(row.times.get(row.times.len() / 2)), time(row.times.last()));
            println!("| {} | {} | {median} | {worst} | {} |", row.name, row.runs, row.message);
        }
    }
}
