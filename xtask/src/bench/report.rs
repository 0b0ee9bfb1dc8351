//! Medians, the table and the JSON.

use std::path::Path;

use serde_json::{Value, json};

use super::memory::{self, Limit};
use super::workloads::{Row, Unit, copy_bandwidth};
use super::{ranks, torch};
use crate::{Result, machine};

/// The times of one row at one thread count, in seconds per unit of work.
pub(super) struct Measurement {
    ours: f64,
    /// The best of torch's variants, by median.
    torch: Option<f64>,
    target: f64,
}

impl Measurement {
    pub(super) fn new(row: &Row, ours: &[f64], torch: &[Vec<f64>]) -> Measurement {
        let torch = torch.iter().map(|samples| median(samples)).min_by(f64::total_cmp);
        Measurement { ours: median(ours), torch, target: row.target }
    }

    /// How many times torch's speed.
    fn ratio(&self) -> Option<f64> {
        self.torch.map(|torch| torch / self.ours)
    }
}

pub(super) fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 }
}

/// A time that is short.
fn show(seconds: f64) -> String {
    match seconds < 1e-3 {
        true => format!("{:.1} µs", seconds * 1e6),
        false => format!("{:.2} ms", seconds * 1e3),
    }
}

pub(super) struct Report {
    machine: Vec<String>,
    lines: Vec<String>,
    /// The table of sums over ranks.
    sums: Vec<String>,
    /// The table of steps over ranks.
    steps: Vec<String>,
    json: Vec<Value>,
}

impl Report {
    pub(super) fn new(threads: &[usize], python: Option<&Path>, data: &Path) -> Result<Report> {
        let mut machine =
            vec![machine::cpu(), format!("Rushlight {}, threads {threads:?}", env!("CARGO_PKG_VERSION"))];
        if let Some(python) = python {
            machine.push(format!("torch {}", torch::start(python, data)?.ask("version")?));
        }
        for &n in threads {
            machine
                .push(format!("copy bandwidth on {n}: {:.1} GB/s (read + written)", copy_bandwidth(n) / 1e9));
        }
        Ok(Report { machine, lines: Vec::new(), sums: Vec::new(), steps: Vec::new(), json: Vec::new() })
    }

    pub(super) fn add(&mut self, row: &Row, threads: usize, m: Measurement) {
        let show = |seconds: f64| match row.unit {
            Unit::Seconds => format!("{seconds:.3} s"),
            Unit::Milliseconds => format!("{:.3} ms", seconds * 1e3),
            Unit::Microseconds => format!("{:.2} µs", seconds * 1e6),
            Unit::GigaFlops(work) => format!("{:.1} GFLOP/s", work / seconds),
        };
        let (torch, ratio, verdict) = match (m.torch, m.ratio()) {
            (Some(torch), Some(ratio)) => {
                (show(torch), format!("{ratio:.2}×"), if ratio >= m.target { "yes" } else { "**no**" })
            }
            _ => ("–".into(), "–".into(), "–"),
        };
        let line = format!(
            "| {} | {} | {threads} | {} | {torch} | {ratio} | ≥ {:.1}× | {verdict} |",
            row.letter,
            row.title,
            show(m.ours),
            m.target
        );
        self.lines.push(line);
        self.json.push(json!({
            "row": row.letter.to_string(), "title": row.title, "threads": threads, "seconds": m.ours,
            "torch_seconds": m.torch, "ratio": m.ratio(), "target": m.target,
        }));
    }

    /// Adds the peaks of a row about memory, in bytes.
    pub(super) fn add_memory(&mut self, row: &memory::Row, (ours, torch): (f64, Option<f64>)) {
        let megabytes = |bytes: f64| format!("{:.0} MB", bytes / 1e6);
        let (limit, words) = match row.limit {
            Limit::Bytes(limit) => (Some(limit), megabytes(limit)),
            Limit::Torch => (torch, "torch's".into()),
        };
        self.lines.push(format!(
            "| {} | {} | – | {} | {} | {} | ≤ {words} | {} |",
            row.letter,
            row.title,
            megabytes(ours),
            torch.map_or("–".into(), megabytes),
            torch.map_or("–".into(), |torch| format!("{:.1}×", torch / ours)),
            limit.map_or("–", |limit| if ours <= limit { "yes" } else { "**no**" })
        ));
        self.json.push(json!({
            "row": row.letter.to_string(), "title": row.title, "bytes": ours, "torch_bytes": torch,
        }));
    }

    /// Adds the times of sums over ranks, each with the name of who summed, in seconds.
    pub(super) fn add_sums(&mut self, bytes: usize, ranks: usize, sides: &[(&str, f64)]) {
        if self.sums.is_empty() {
            let names: Vec<&str> = sides.iter().map(|(name, _)| *name).collect();
            self.sums.push(format!("| row | all-reduce of | ranks | {} |", names.join(" | ")));
            self.sums.push(format!("|---|---|---|{}", "---|".repeat(sides.len())));
        }
        let size =
            if bytes < 1 << 20 { format!("{} KiB", bytes >> 10) } else { format!("{} MiB", bytes >> 20) };
        let rate = |(_, seconds): &(&str, f64)| {
            format!("{}, {:.2} GB/s", show(*seconds), bytes as f64 / seconds / 1e9)
        };
        let times: Vec<String> = sides.iter().map(rate).collect();
        self.sums.push(format!("| {} | {size} | {ranks} | {} |", ranks::SUMS, times.join(" | ")));
        let seconds: Value = sides.iter().map(|(name, seconds)| (*name, *seconds)).collect();
        self.json.push(json!({
            "row": ranks::SUMS.to_string(), "title": format!("all-reduce of {size}"), "ranks": ranks,
            "seconds": seconds,
        }));
    }

    /// Adds the times of a training step over ranks, each with the name of who trained, in seconds; the last
    /// side is torch, if there is one.
    pub(super) fn add_steps(&mut self, title: &str, ranks: usize, torch: bool, sides: &[(&str, Vec<f64>)]) {
        if self.steps.is_empty() {
            self.steps = vec![
                "| row | a step of | ranks | by | time | against torch | without overlap | without exchange | hidden |"
                    .to_owned(),
                "|---|---|---|---|---|---|---|---|---|".to_owned(),
            ];
        }
        let reference = sides.last().filter(|_| torch).map(|(_, times)| times[0]);
        for (name, times) in sides {
            let [step, after, alone] = times[..] else { unreachable!("three ways") };
            let ratio = reference.map_or("–".into(), |torch| format!("{:.2}×", torch / step));
            // Of next to nothing no share can be told.
            let hidden = match after > 1.2 * alone {
                true => format!("{:.0} %", 100.0 * (1.0 - (step - alone) / (after - alone))),
                false => "–".into(),
            };
            self.steps.push(format!(
                "| {} | {title} | {ranks} | {name} | {} | {ratio} | {} | {} | {hidden} |",
                ranks::STEPS,
                show(step),
                show(after),
                show(alone),
            ));
        }
        let seconds: Value = sides.iter().map(|(name, times)| (*name, times.clone())).collect();
        self.json.push(json!({
            "row": ranks::STEPS.to_string(), "title": title, "ranks": ranks, "seconds": seconds,
        }));
    }

    pub(super) fn print(&self) {
        for line in &self.machine {
            println!("- {line}");
        }
        if !self.lines.is_empty() {
            self.print_lines();
        }
        for table in [&self.sums, &self.steps].into_iter().filter(|table| !table.is_empty()) {
            println!("\n{}", table.join("\n"));
        }
    }

    fn print_lines(&self) {
        println!("\n| row | workload | threads | Rushlight | torch | ratio | to reach | reached |");
        println!("|---|---|---|---|---|---|---|---|");
        for line in &self.lines {
            println!("{line}");
        }
    }

    pub(super) fn write_json(&self, path: &Path) -> Result<()> {
        let all = json!({ "machine": self.machine, "rows": self.json });
        std::fs::write(path, format!("{all:#}\n")).map_err(|e| format!("{}: {e}", path.display()).into())
    }
}
