//! Every operation on edge shapes, every dtype and special values, compared with recordings from torch:
//! dtypes, sizes, values and gradients, and what is refused.
//!
//! The table of operations is in `table`, a file for each subject and a row for each operation; what torch
//! gives is in `fixtures/edges`, one line for each case (`zcat` shows it), which `cargo xtask record --python
//! PATH autograd/edges` writes anew.

mod compare;
mod deviations;
mod input;
mod names;
mod op;
mod recording;
mod run;
mod sets;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use input::Input;
use op::Table;
use recording::COMMAND;

/// The lines of the inputs that the cases name, each once.
fn input_lines(table: &Table) -> Vec<String> {
    let names: BTreeSet<&str> = table
        .ops
        .iter()
        .flat_map(|op| &op.inputs)
        .flat_map(|names| names.split(' '))
        .filter(|&n| n != "-")
        .collect();
    names.into_iter().map(|name| Input::named(name).line()).collect()
}

#[test]
fn every_operation_is_torchs_at_its_edges() {
    let tables = table::tables();
    if let Some(folder) = std::env::var_os("RUSHLIGHT_EDGES_LISTING") {
        // The recorder asks for the cases.
        for table in &tables {
            let mut seen = BTreeSet::new();
            let cases = table.ops.iter().flat_map(|op| op.lines()).filter(|line| seen.insert(line.clone()));
            let lines: Vec<String> = input_lines(table).into_iter().chain(cases).collect();
            std::fs::write(Path::new(&folder).join(table.subject), lines.join("\n"))
                .expect("the listing can be written");
        }
        return;
    }
    let outcome = run::all(&tables);
    let mut report = String::new();
    if !outcome.unrecorded.is_empty() {
        let names: Vec<&str> = outcome.unrecorded.iter().map(String::as_str).collect();
        let _ = writeln!(report, "without a recording: {}; record them: {COMMAND}", names.join(", "));
    }
    for reason in outcome.stale_deviations {
        let _ = writeln!(report, "no longer differs, remove it from deviations.rs: {reason}");
    }
    // All of them on demand, else a few of each operation.
    let shown = if std::env::var_os("RUSHLIGHT_EDGES_ALL").is_some() { usize::MAX } else { 3 };
    for (name, failures) in &outcome.failures {
        let _ = writeln!(report, "{name}: {} cases differ", failures.len());
        for failure in failures.iter().take(shown) {
            let _ = writeln!(report, "    {failure}");
        }
    }
    let failed: usize = outcome.failures.values().map(Vec::len).sum();
    println!("{} cases of {} operations", outcome.cases, outcome.operations);
    assert!(
        report.is_empty(),
        "{report}{failed} of {} cases differ from torch (all of them: RUSHLIGHT_EDGES_ALL=1)",
        outcome.cases
    );
}

#[test]
fn every_operation_is_in_the_table() {
    let mut missing = names::operations();
    for known in ["tensor::exp", "tensor::lt", "tensor::zeros", "autograd::exp", "autograd::mse_loss"] {
        assert!(
            missing.contains(known),
            "{known} was not found in the sources, so others may be missing too"
        );
    }
    for op in table::tables().iter().flat_map(|table| &table.ops) {
        if op.on_variables.is_some() {
            missing.remove(&format!("autograd::{}", op.name));
        }
        if op.on_tensors.is_some() {
            missing.remove(&format!("tensor::{}", op.name));
        }
    }
    assert!(
        missing.is_empty(),
        "not in the table of edge cases: {missing:?}; give each a row in tests/edges/table, then: {COMMAND}"
    );
}

/// Failures by operation.
type Failures = BTreeMap<String, Vec<String>>;
