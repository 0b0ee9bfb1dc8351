//! Products with few rows or columns in the orders of [`Few`]: the scores of ten classes, one image through a
//! layer, the small matrices of a batch.

mod chains;
mod dots;
mod eights;
mod groups;
mod lanes;
mod vectors;

use self::groups::Out;
use super::tile::cut;
use super::x86::{Product, Raw};
use crate::kernels::parallel;
use crate::kernels::rounding::{Few, Form, Rounding};
use crate::kernels::scratch::with_scratch;
use crate::kernels::simd::Isa;
use std::ops::Range;

/// Columns that go together.
const GROUP: usize = 4;

/// A task is at least this many multiply-adds.
const TASK: usize = 200_000;

/// Whether this way is the product's, and in which order.
pub(super) fn order(p: &Product, batched: bool) -> Option<Few> {
    let form = Form::of([p.m, p.n, p.k], [p.a.rs, p.a.cs], [p.b.rs, p.b.cs], batched);
    Rounding::current().few(form).filter(|_| p.c.cs == 1 || p.n == 1)
}

/// # Safety
///
/// The matrices lie where [`Product`] says, [`order`] gave this one, and the processor has `isa`, which has
/// vectors.
pub(super) unsafe fn run(isa: Isa, p: &Product, order: Few) {
    // SAFETY: the caller's promise, which holds for copies that lie as they are said to.
    unsafe {
        match order {
            Few::Chain => chains::run(isa, p, true),
            Few::PlainChain => chains::run(isa, p, false),
            Few::Lanes => {
                let out = Out { c: p.c, finish: p.finish, turned: false };
                with_rows(p.a, p.m, p.k, |a| {
                    with_rows(p.b.t(), p.n, p.k, |w| lanes::run(isa, a, w, out));
                });
            }
            Few::Row => {
                let out = Out { c: p.c, finish: p.finish, turned: false };
                with_rows(p.a, 1, p.k, |x| with_rows(p.b.t(), p.n, p.k, |w| dots::run(isa, x, w, out)));
            }
            Few::Vector => {
                let out = Out { c: p.c.t(), finish: p.finish, turned: true };
                with_rows(p.b.t(), 1, p.k, |x| with_rows(p.a, p.m, p.k, |w| dots::run(isa, x, w, out)));
            }
        }
    }
}

/// Calls `f` with a matrix of `rows` whose `k` elements lie side by side: the one given, or a copy.
///
/// # Safety
///
/// The matrix lies where it says.
unsafe fn with_rows(a: Raw<*const f32>, rows: usize, k: usize, f: impl FnOnce(Rows<'_>)) {
    if k <= 1 || (a.cs == 1 && (rows == 1 || a.rs >= k)) {
        return f(Rows::new(a, rows, k));
    }
    with_scratch(rows * k, |space: &mut [f32]| {
        for (i, row) in space.chunks_exact_mut(k).enumerate() {
            for (l, x) in row.iter_mut().enumerate() {
                // SAFETY: element `(i, l)` of the caller's matrix.
                *x = unsafe { *a.at(i, l) };
            }
        }
        f(Rows::new(Raw::new(space.as_ptr(), [k, 1]), rows, k));
    });
}

/// Rows of `k` elements that lie side by side.
#[derive(Clone, Copy)]
struct Rows<'a> {
    first: Raw<*const f32>,
    count: usize,
    k: usize,
    lent: std::marker::PhantomData<&'a [f32]>,
}

// SAFETY: it stands for shared slices, which are `Sync`.
unsafe impl Sync for Rows<'_> {}

impl<'a> Rows<'a> {
    /// Whoever calls knows that these rows are there for as long as `'a`.
    fn new(first: Raw<*const f32>, count: usize, k: usize) -> Rows<'a> {
        Rows { first, count, k, lent: std::marker::PhantomData }
    }

    fn row(&self, i: usize) -> &'a [f32] {
        debug_assert!(i < self.count);
        // SAFETY: a row of the matrix, whose elements lie side by side; `new` was promised that it is there.
        unsafe { std::slice::from_raw_parts(self.first.at(i, 0), self.k) }
    }
}

/// How many elements a row lies behind a boundary of 16 bytes.
fn past_boundary(x: *const f32) -> usize {
    x.addr() / size_of::<f32>() % 4
}

/// Calls `f` on parts of `0..len` between multiples of `unit`, in parallel.
fn split(len: usize, unit: usize, work: usize, f: impl Fn(Range<usize>) + Sync) {
    let tasks = (work / TASK).clamp(1, 4 * parallel::num_threads());
    parallel::run(tasks, |task| f(cut(len, unit, tasks, task)..cut(len, unit, tasks, task + 1)));
}
