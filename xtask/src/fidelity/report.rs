//! The tables and the JSON.

use std::path::Path;

use serde_json::json;
use tensor::kernels::rounding::Rounding;

use super::compare::Comparison;
use crate::{Result, machine};

pub(super) fn print(torch: &str, digits: usize, comparisons: &[Comparison]) {
    println!("- {}", machine::cpu());
    println!("- sums and roots: {}", Rounding::current());
    println!("- Rushlight {}; torch {torch}", env!("CARGO_PKG_VERSION"));
    println!("- {digits} digits, batches of 64 shuffled by the seed, seed 0");
    steps(comparisons);
    first_epoch(comparisons);
    later_epochs(comparisons);
}

fn steps(comparisons: &[Comparison]) {
    println!("\n## The first {} losses\n", comparisons[0].ours.steps.len());
    println!(
        "Relative differences from torch on one thread; to reach: at most 1e-4. The last columns are torch's on"
    );
    println!("two threads from the same.\n");
    println!("| net | optimizer | lr | the same bits | largest | ≤ 1e-6 | torch's largest | ≤ 1e-6 |");
    println!("|---|---|---|---|---|---|---|---|");
    for c in comparisons {
        let (ours, torch) = (c.steps(), c.torch_steps());
        let largest = match ours.first_apart {
            Some(step) => format!("**{}** (from step {step})", difference(ours.max())),
            None => difference(ours.max()),
        };
        println!(
            "| {} | {} | {largest} | {:.1} % | {:.1e} | {:.1} % |",
            label(c),
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
    println!("| net | optimizer | lr | Rushlight | torch | difference | torch on two threads |");
    println!("|---|---|---|---|---|---|---|");
    for c in comparisons {
        let (ours, torch) = c.epoch(0);
        println!(
            "| {} | {:.8} | {:.8} | {} | {} |",
            label(c),
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
    println!("| net | optimizer | lr |{heads}");
    println!("|---|---|---|{}", "---|".repeat(epochs - 1));
    for c in comparisons {
        let cells: String = (1..epochs)
            .map(|epoch| {
                let (ours, torch) = c.epoch(epoch);
                format!(" {} / {} |", difference(ours), difference(torch))
            })
            .collect();
        println!("| {} |{cells}", label(c));
    }
}

fn difference(x: f64) -> String {
    if x == 0.0 { "0".into() } else { format!("{x:.1e}") }
}

/// The first three columns.
fn label(c: &Comparison) -> String {
    format!("{} | {} | {}", c.run.net(), c.run.optimizer, c.run.lr)
}

pub(super) fn write_json(path: &Path, torch: &str, comparisons: &[Comparison]) -> Result<()> {
    let runs: Vec<_> = comparisons
        .iter()
        .map(|c| {
            json!({
                "net": c.run.net(), "optimizer": c.run.optimizer.to_string(), "lr": c.run.lr,
                "rushlight": c.ours.json(), "torch_1_thread": c.one.json(), "torch_2_threads": c.two.json(),
            })
        })
        .collect();
    let all = json!({ "cpu": machine::cpu(), "rounding": Rounding::current().name(), "torch": torch, "runs": runs });
    std::fs::write(path, format!("{all:#}\n")).map_err(|e| format!("{}: {e}", path.display()).into())
}
