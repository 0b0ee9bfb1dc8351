//! The commands of `workloads.py`, the torch side.

use std::path::Path;

use crate::Result;
use crate::torch::Torch;

pub(super) fn start(python: &Path, data: &Path) -> Result<Torch> {
    Torch::start(python, "bench/workloads.py", data)
}

pub(super) fn prepare(torch: &mut Torch, workload: &str, variant: &str, threads: usize) -> Result<()> {
    torch.ask(&format!("prepare {workload} {variant} {threads}")).map(drop)
}

/// Seconds of one sample.
pub(super) fn sample(torch: &mut Torch) -> Result<f64> {
    Ok(torch.ask("run")?.parse()?)
}
