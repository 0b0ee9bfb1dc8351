//! `C ← A·B` where both run along `k` and A has only a few rows: one image through a layer. Each element is a
//! dot product; the time is that of reading B once.

use super::tile::{Kernels, cut};
use super::x86::Product;
use crate::kernels::parallel;
use crate::kernels::rounding::Rounding;

/// More rows than this fill enough lanes for the other ways.
const MAX_ROWS: usize = 4;

/// A shorter sum is mostly its horizontal addition.
const MIN_DEPTH: usize = 32;

/// A task is at least this many multiply-adds: 1.5 µs, where a waiting worker takes 0.3 to begin
/// (`cargo bench --bench gemm` with `THREADS=2`, row `x·Wᵀ`).
const TASK: usize = 40_000;

/// Columns of B that one pass over a row of A meets: enough sums to hide a multiply-add's latency.
pub(super) const COLUMNS: usize = 8;

pub(super) fn suits(p: &Product) -> bool {
    // Torch adds up four rows as any number of them where it has other orders for fewer.
    let few = p.m <= MAX_ROWS && Rounding::current() != Rounding::Amd;
    few && p.a.cs == 1 && p.b.rs == 1 && (p.b.cs != 1 || p.n == 1) && p.k >= MIN_DEPTH
}

/// # Safety
///
/// The matrices lie where [`Product`] says, and [`suits`] is true.
pub(super) unsafe fn run(kernels: &Kernels, p: &Product) {
    let work = p.m * p.n * p.k;
    // One for each thread, so that in the next call a core finds its columns of B in its own cache.
    let tasks = (work / TASK).clamp(1, parallel::num_threads());
    parallel::run(tasks, |task| {
        let columns = cut(p.n, COLUMNS, tasks, task)..cut(p.n, COLUMNS, tasks, task + 1);
        for j in columns.clone().step_by(COLUMNS) {
            let count = (columns.end - j).min(COLUMNS);
            for i in 0..p.m {
                let mut sums = [0.0; COLUMNS];
                let (a, b) = (p.a.at(i, 0), p.b.at(0, j));
                // SAFETY: row `i` and columns `j..j + count` exist, and `k` runs along both.
                unsafe { (kernels.dots)(p.k, a, b, p.b.cs, count, &mut sums) };
                for (j, &sum) in (j..).zip(&sums[..count]) {
                    // SAFETY: an element of C and one of the bias; this task's columns are its own.
                    unsafe { p.finish.store(sum, p.c.at(i, j), j) };
                }
            }
        }
    });
}
