//! Rows about memory: each side does the work in a process of its own, whose peak counts.

use std::path::Path;
use std::process::Command;

use super::data::Data;
use super::{images, torch, workloads};
use crate::Result;

/// What a process may hold at the most.
pub(super) enum Limit {
    Bytes(f64),
    Torch,
}

/// One line of the table.
pub(super) struct Row {
    pub(super) letter: char,
    pub(super) title: &'static str,
    work: fn(&Data),
    /// The name and the variant of the torch side's function.
    torch: [&'static str; 2],
    pub(super) limit: Limit,
}

pub(super) const ROWS: [Row; 2] = [
    Row {
        letter: 'I',
        title: "peak memory of B, images kept as bytes",
        work: |_| workloads::epoch_on_bytes(),
        torch: ["epoch_sgd", "default"],
        limit: Limit::Bytes(120e6),
    },
    Row {
        letter: 'R',
        title: "peak memory of O",
        work: |data| {
            images::step(data, "resnet", 1)();
        },
        torch: ["images", "resnet"],
        limit: Limit::Torch,
    },
];

impl Row {
    /// The peaks of this library and of torch, in bytes.
    pub(super) fn measure(&self, python: Option<&Path>, data: &Path) -> Result<(f64, Option<f64>)> {
        let letter = self.letter.to_string();
        let child = Command::new(std::env::current_exe()?).args(["bench", "--peak-of", &letter]).output()?;
        let ours = String::from_utf8(child.stdout)?.trim().parse()?;
        let Some(python) = python else { return Ok((ours, None)) };
        let mut torch = torch::start(python, data)?;
        torch::prepare(&mut torch, self.torch[0], self.torch[1], 1)?;
        Ok((ours, Some(torch.ask("peak")?.parse()?)))
    }
}

/// Does the work of a row in this process and prints the peak of its resident memory, in bytes.
pub(super) fn print_peak(letter: char) -> Result<()> {
    let row = ROWS.iter().find(|row| row.letter == letter).ok_or("no row about memory has that letter")?;
    let data = Data::write()?;
    tensor::manual_seed(0);
    tensor::set_num_threads(1);
    (row.work)(&data);
    let status = std::fs::read_to_string("/proc/self/status").map_err(|e| format!("needs Linux: {e}"))?;
    let line =
        status.lines().find(|line| line.starts_with("VmHWM:")).ok_or("no VmHWM in /proc/self/status")?;
    let kilobytes: u64 = line.split_whitespace().nth(1).ok_or("VmHWM has no value")?.parse()?;
    println!("{}", kilobytes * 1024);
    Ok(())
}
