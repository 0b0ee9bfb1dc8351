//! `X·Wᵀ` with a handful of columns: the scores of ten classes. This is [`Rounding::Amd`]'s own way for the
//! shape, in which each element is a dot product in four lanes, with products rounded before they are added;
//! columns left over from groups of four have eight lanes.

use super::tile::cut;
use super::x86::Product;
use crate::kernels::parallel;
use crate::kernels::rounding::Rounding;
use crate::kernels::scratch::with_scratch;
use crate::kernels::simd::{Kernel, dispatch};

/// A task is at least this many multiply-adds.
const TASK: usize = 200_000;

/// Columns that share a vector: four lanes of each.
const GROUP: usize = 4;

/// Rows that go along together, so that the sums hide the latency of an addition.
const ROWS: usize = 4;

pub(super) fn suits(p: &Product) -> bool {
    let along_k = p.a.cs == 1 && p.b.rs == 1 && p.b.cs != 1 && p.c.cs == 1;
    along_k && Rounding::current().sums_in_lanes(p.n, p.k)
}

/// # Safety
///
/// The matrices lie where [`Product`] says, and [`suits`] is true.
pub(super) unsafe fn run(p: &Product) {
    let tasks = (p.m * p.n * p.k / TASK).clamp(1, 4 * parallel::num_threads());
    parallel::run(tasks, |task| {
        let (start, end) = (cut(p.m, ROWS, tasks, task), cut(p.m, ROWS, tasks, task + 1));
        // SAFETY: rows of A, columns of B and, below, elements of C are the
        // product's; a task has rows of its own.
        let row = |i: usize| unsafe { std::slice::from_raw_parts(p.a.at(i, 0), p.k) };
        let column = |j: usize| unsafe { std::slice::from_raw_parts(p.b.at(0, j), p.k) };
        let store = |i: usize, j: usize, sum| unsafe {
            p.finish.store(sum, p.c.at(i, j), j);
        };
        let rows = |i: usize| std::array::from_fn(|r| row((i + r).min(end - 1)));
        let grouped = p.n / GROUP * GROUP;
        with_scratch(GROUP * p.k, |space| {
            let (w, _) = space.as_chunks_mut::<{ 4 * GROUP }>();
            for j in (0..grouped).step_by(GROUP) {
                for (q, w) in w.iter_mut().enumerate() {
                    for (c, w) in w.as_chunks_mut::<4>().0.iter_mut().enumerate() {
                        w.copy_from_slice(&column(j + c)[4 * q..4 * q + 4]);
                    }
                }
                for i in (start..end).step_by(ROWS) {
                    let sums = dispatch(Group { x: rows(i), w });
                    for (i, sums) in (i..end).zip(sums) {
                        (j..).zip(sums).for_each(|(j, sum)| store(i, j, sum));
                    }
                }
            }
        });
        for j in grouped..p.n {
            for i in (start..end).step_by(ROWS) {
                let sums = dispatch(Single { x: rows(i), w: column(j) });
                (i..end).zip(sums).for_each(|(i, sum)| store(i, j, sum));
            }
        }
    });
}

/// The products of some rows with a group of columns, which lie four steps of `k` by four.
struct Group<'a> {
    x: [&'a [f32]; ROWS],
    w: &'a [[f32; 4 * GROUP]],
}

impl Kernel for Group<'_> {
    type Output = [[f32; GROUP]; ROWS];

    #[inline(always)]
    fn run(self) -> [[f32; GROUP]; ROWS] {
        let mut lanes = [[0.0f32; 4 * GROUP]; ROWS];
        let [x0, x1, x2, x3] = self.x.map(|x| x.as_chunks::<4>().0);
        for ((((w, x0), x1), x2), x3) in self.w.iter().zip(x0).zip(x1).zip(x2).zip(x3) {
            for (lanes, x) in lanes.iter_mut().zip([x0, x1, x2, x3]) {
                for l in 0..4 * GROUP {
                    lanes[l] += x[l % 4] * w[l];
                }
            }
        }
        lanes.map(|row| std::array::from_fn(|c| fold(std::array::from_fn(|l| row[4 * c + l]))))
    }
}

/// The products of some rows with one column.
struct Single<'a> {
    x: [&'a [f32]; ROWS],
    w: &'a [f32],
}

impl Kernel for Single<'_> {
    type Output = [f32; ROWS];

    #[inline(always)]
    fn run(self) -> [f32; ROWS] {
        let mut lanes = [[0.0f32; 8]; ROWS];
        let (w, w_rest) = self.w.as_chunks::<8>();
        let [x0, x1, x2, x3] = self.x.map(|x| x.as_chunks::<8>().0);
        for ((((w, x0), x1), x2), x3) in w.iter().zip(x0).zip(x1).zip(x2).zip(x3) {
            for (lanes, x) in lanes.iter_mut().zip([x0, x1, x2, x3]) {
                for l in 0..8 {
                    lanes[l] += x[l] * w[l];
                }
            }
        }
        std::array::from_fn(|r| {
            let sum = fold(std::array::from_fn(|l| lanes[r][l] + lanes[r][l + 4]));
            let rest = self.x[r].as_chunks::<8>().1;
            rest.iter().zip(w_rest).fold(sum, |sum, (x, w)| sum + x * w)
        })
    }
}

#[inline(always)]
fn fold(lanes: [f32; 4]) -> f32 {
    (lanes[0] + lanes[2]) + (lanes[1] + lanes[3])
}
