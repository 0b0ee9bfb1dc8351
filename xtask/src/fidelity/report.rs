//! The tables and the JSON.

use std::path::Path;

use serde_json::json;
use tensor::kernels::rounding::Rounding;

use super::compare::Comparison;
use crate::{Result, machine};

pub(super) fn print(
    torch: &str,
    digits: usize,
    comparisons: &[Comparison],
    images: &[Comparison],
    sequences: &[Comparison],
) {
    println!("- {}", machine::cpu());
    println!("- sums and roots: {}", Rounding::current());
    println!("- Rushlight {}; torch {torch}", env!("CARGO_PKG_VERSION"));
    println!("- {digits} digits, batches of 64 shuffled by the seed, seed 0");
    steps("", &RUN, comparisons);
    first_epoch(comparisons);
    later_epochs(comparisons);
    steps(" of nets for images", &["net"], images);
    steps(" of nets for sequences", &["net"], sequences);
}

/// The columns of a run's label.
const RUN: [&str; 3] = ["net", "optimizer", "lr"];

/// The head of a table: the label's columns, and others.
fn head(label: &[&str], others: &str) {
    println!("| {} |{others}", label.join(" | "));
    let columns = label.len() + others.matches('|').count();
    println!("|{}", "---|".repeat(columns));
}

fn steps(what: &str, label: &[&str], comparisons: &[Comparison]) {
    println!("\n## The first {} losses{what}\n", comparisons[0].ours.steps.len());
    println!(
        "Relative differences from torch on one thread; to reach: at most 1e-4. The last columns are torch's on"
    );
    println!("two threads from the same.\n");
    head(label, " the same bits | largest | ≤ 1e-6 | torch's largest | ≤ 1e-6 |");
    for c in comparisons {
        let (ours, torch) = (c.steps(), c.torch_steps());
        let largest = match ours.first_apart {
            Some(step) => format!("**{}** (from step {step})", difference(ours.max())),
            None => difference(ours.max()),
        };
        println!(
            "| {} | {} | {largest} | {:.1} % | {:.1e} | {:.1} % |",
            c.label,
            ours.equal(),
            100.0 * ours.close(),
            torch.max(),
            100.0 * torch.close()
        );
    }
}

fn first_epoch(comparisons: &[Comparison]) {
    println!("\n## The first epoch\n");
    println!("Mean loss; to reach: 1e-5 for SGD and Adagrad.\n");
    head(&RUN, " Rushlight | torch | difference | torch on two threads |");
    for c in comparisons {
        let (ours, torch) = c.epoch(0);
        println!(
            "| {} | {:.8} | {:.8} | {} | {} |",
            c.label,
            c.ours.epochs[0],
            c.one.epochs[0],
            difference(ours),
            difference(torch)
        );
    }
}

fn later_epochs(comparisons: &[Comparison]) {
    let epochs = comparisons[0].ours.epochs.len();
    if epochs < 2 {
        return;
    }
    println!("\n## Later epochs\n");
    println!(
        "Relative differences of the mean loss: ours from torch's / torch's on two threads from torch's on one.\n"
    );
    let heads: String = (2..=epochs).map(|epoch| format!(" epoch {epoch} |")).collect();
    head(&RUN, &heads);
    for c in comparisons {
        let cells: String = (1..epochs)
            .map(|epoch| {
                let (ours, torch) = c.epoch(epoch);
                format!(" {} / {} |", difference(ours), difference(torch))
            })
            .collect();
        println!("| {} |{cells}", c.label);
    }
}

fn difference(x: f64) -> String {
    if x == 0.0 { "0".into() } else { format!("{x:.1e}") }
}

pub(super) fn write_json<'a>(
    path: &Path,
    torch: &str,
    comparisons: impl Iterator<Item = &'a Comparison>,
) -> Result<()> {
    let runs: Vec<_> = comparisons
        .map(|c| {
            json!({
                "run": c.label,
                "rushlight": c.ours.json(), "torch_1_thread": c.one.json(), "torch_2_threads": c.two.json(),
            })
        })
        .collect();
    let all = json!({ "cpu": machine::cpu(), "rounding": Rounding::current().name(), "torch": torch, "runs": runs });
    std::fs::write(path, format!("{all:#}\n")).map_err(|e| format!("{}: {e}", path.display()).into())
}
