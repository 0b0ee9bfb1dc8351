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
    message: String,
}

/// The fault and the phase, as the first two cells of a row.
pub(super) fn name(case: &Case) -> String {
    let phase = match (case.fault, case.phase()) {
        (Fault::KillAnywhere, _) => "any".to_owned(),
        (_, Some(phase)) => phase.to_string(),
        (Fault::None, _) => "–".to_owned(),
        (_, None) => "start".to_owned(),
    };
    format!("{} | {phase}", case.fault.name())
}

impl Table {
    pub(super) fn add(&mut self, case: &Case, outcome: Outcome) {
        let name = name(case);
        let place = self.0.iter().position(|row| row.name == name).unwrap_or_else(|| {
            let message = outcome.messages.into_iter().next().unwrap_or_default();
            self.0.push(Row { name, times: Vec::new(), message });
            self.0.len() - 1
        });
        self.0[place].times.push(outcome.took);
    }

    pub(super) fn print(&mut self) {
        println!("| fault | phase | runs | all had ended after, median | worst | the first message |");
        println!("|---|---|---|---|---|---|");
        for row in &mut self.0 {
            row.times.sort();
            let [median, worst] =
                [row.times.len() / 2, row.times.len() - 1].map(|i| row.times[i].as_secs_f64());
            let (name, runs, message) = (&row.name, row.times.len(), &row.message);
            println!("| {name} | {runs} | {median:.2} s | {worst:.2} s | {message} |");
        }
    }
}
