//! Recurrent layers: one direction of one layer over all its time steps.
//!
//! Rows of all time steps lie one after the other, in the order in which the layer goes over them; how many
//! sequences a step has may change from one to the next, those that live longest first. Sequences do not
//! depend on each other, so each thread takes some of them through all time steps, and results do not depend
//! on the number of threads. [`forward`] leaves the gates where the products of the input were, and
//! [`backward`] reads them there.

mod functions;
mod gru;
mod lstm;
mod rnn;

pub(crate) use gru::Gru;
pub(crate) use lstm::{Lstm, bias_gradient};
pub(crate) use rnn::Rnn;

pub(crate) use super::gemm::multiply_as_onednn;

use super::gemm::Strips;
use super::mat::{Mat, MatMut};
use super::parallel::{self, Pieces};
use super::rounding::{Form, Products, Rounding};
use super::scratch::with_scratch;
use super::simd::Isa;
use std::ops::Range;

/// What a recurrent layer does with a row of gates. All rows are as long as the state, but those of the
/// gates, which are [`GATES`](Self::GATES) times as long.
pub(crate) trait Cell: Sync {
    const GATES: usize;
    /// Whose order the products of the state have. oneDNN adds them to those of the input as they come.
    const PRODUCTS: Option<Products>;
    /// Whether a part of the state's gradient goes past the gates.
    const CARRIES: bool;

    /// `gates` are the products of the input and become the gates; `hh` are those of the state, unless they
    /// were added already. `state` has `h` and, for an LSTM, `c`; `kept` is what the way back needs besides.
    fn forward(&self, isa: Isa, gates: &mut [f32], hh: &[f32], state: [&mut [f32]; 2], kept: &mut [f32]);

    /// From `dh`, the gradient of the new `h`, and `dc`, that of the new `c`: the gradients of the products
    /// of the input and, if they are others, of the state. `dh` becomes what goes past the gates, `dc` the
    /// gradient of the old `c`; `before` is the old state that [`forward`](Self::forward) met: `c` of an
    /// LSTM, else `h`.
    fn backward(&self, isa: Isa, saved: Row<'_>, before: &[f32], d: [&mut [f32]; 2], gates: [&mut [f32]; 2]);
}

/// A row of what the way forward has left.
pub(crate) struct Row<'a> {
    pub(crate) gates: &'a [f32],
    pub(crate) kept: &'a [f32],
}

/// The sizes of a layer's walk: sequences at each time step, and the length of the state.
#[derive(Clone, Copy)]
pub(crate) struct Walk<'a> {
    pub(crate) batch_sizes: &'a [usize],
    pub(crate) hidden: usize,
}

/// The rows of one time step.
#[derive(Clone, Copy)]
struct Step {
    first: usize,
    len: usize,
}

impl Step {
    /// The rows of the sequences given, those of them that live.
    fn rows(self, sequences: &Range<usize>) -> Range<usize> {
        let end = sequences.end.min(self.len);
        self.first + sequences.start.min(end)..self.first + end
    }
}

/// A task is at least this many multiply-adds of its products.
const TASK: usize = 400_000;

/// Fewer rows make products wait for weights.
const ROWS: usize = 8;

/// Fewer rows in all do not repay packing the weights.
const PACK: usize = 4;

/// The weights of the state.
struct Weights<'a> {
    unpacked: Strips<'a>,
    packed: Option<Strips<'a>>,
    /// What MKL is asked for, which has orders of its own for few rows or columns.
    form: Option<Form>,
}

impl<'a> Weights<'a> {
    /// Those for a step of so many sequences.
    fn of(&self, step: Step) -> &Strips<'a> {
        let few =
            self.form.is_some_and(|form| Rounding::current().few(Form { m: step.len, ..form }).is_some());
        self.packed.as_ref().filter(|_| !few).unwrap_or(&self.unpacked)
    }
}

impl Walk<'_> {
    fn steps(&self) -> impl DoubleEndedIterator<Item = Step> {
        let mut first = 0;
        let steps: Vec<Step> = self
            .batch_sizes
            .iter()
            .map(|&len| {
                first += len;
                Step { first: first - len, len }
            })
            .collect();
        steps.into_iter()
    }

    /// The most sequences of any step.
    fn batch(&self) -> usize {
        self.batch_sizes.iter().copied().max().unwrap_or(0)
    }

    fn rows(&self) -> usize {
        self.batch_sizes.iter().sum()
    }

    /// Calls `f` with the weights as they lie, and packed where their products repay it.
    fn with_strips<C: Cell>(&self, isa: Isa, weight: Mat<f32>, f: impl FnOnce(&Weights)) {
        let products = C::PRODUCTS.unwrap_or(Products::current());
        let unpacked = Strips::unpacked(isa, weight, products);
        if self.rows() < PACK {
            return f(&Weights { unpacked, packed: None, form: None });
        }
        let sizes = [self.batch(), weight.shape[1], weight.shape[0]];
        let form =
            C::PRODUCTS.is_none().then(|| Form::of(sizes, [weight.shape[0], 1], weight.strides, false));
        with_scratch(Strips::len(isa, weight.shape), |space| {
            let packed = Some(Strips::pack(isa, weight, products, space));
            f(&Weights { unpacked, packed, form })
        });
    }

    /// Calls `task` on ranges that cover all sequences, in parallel.
    fn for_sequences(&self, gates: usize, task: impl Fn(Range<usize>) + Sync) {
        let batch = self.batch();
        let work = self.rows() * gates * self.hidden * self.hidden;
        let tasks = parallel::num_threads().min(work / TASK).min(batch / ROWS).max(1);
        parallel::run(tasks, |i| task(batch * i / tasks..batch * (i + 1) / tasks));
    }
}

/// Takes the layer over all time steps.
///
/// `weight` is `W_hh`, `[gates·hidden, hidden]`, and `bias` is added to its products. `gates` has the
/// products of the input. `h` and `c` begin as the first state and end as the last, `out` and `kept` are `h`
/// and what the way back needs of every row. `first` is the first `h` where it lies in memory, which MKL's
/// order of sums for a few rows depends on.
#[allow(clippy::too_many_arguments)]
pub(crate) fn forward<C: Cell>(
    isa: Isa,
    cell: &C,
    walk: Walk<'_>,
    weight: &[f32],
    bias: Option<&[f32]>,
    gates: &mut [f32],
    first: Option<&[f32]>,
    [h, c]: [&mut [f32]; 2],
    [out, kept]: [&mut [f32]; 2],
) {
    let (hidden, long) = (walk.hidden, C::GATES * walk.hidden);
    let weight = Mat::rows(weight, [long, hidden]).t();
    let single = walk.batch() == 1; // oneDNN's product of one row goes on from what is there
    let [h, c, gates, out, kept] = [h, c, gates, out, kept].map(Pieces::new);
    walk.with_strips::<C>(isa, weight, |weights| {
        walk.for_sequences(C::GATES, |sequences| {
            let mut space = vec![0.0; if C::PRODUCTS.is_none() { sequences.len() * long } else { 0 }];
            // SAFETY: here and below, a task has its own sequences, and a row belongs to one of them.
            let h = unsafe { h.get(scaled(&sequences, hidden)) };
            let c = unsafe { c.get(if c.is_empty() { 0..0 } else { scaled(&sequences, hidden) }) };
            let mut first = first.map(|first| &first[scaled(&sequences, hidden)]);
            for step in walk.steps() {
                let rows = step.rows(&sequences);
                let (living, m) = (scaled(&(0..rows.len()), hidden), rows.len());
                // SAFETY: as above.
                let (gates, out, kept) = unsafe {
                    let kept_rows = if kept.is_empty() { 0..0 } else { scaled(&rows, hidden) };
                    (gates.get(scaled(&rows, long)), out.get(scaled(&rows, hidden)), kept.get(kept_rows))
                };
                let strips = weights.of(step);
                let before = first.take().unwrap_or(&*h);
                let before = Mat::rows(&before[living.clone()], [m, hidden]);
                let hh = &mut space[..if C::PRODUCTS.is_none() { m * long } else { 0 }];
                match C::PRODUCTS {
                    None => strips.multiply(before, 0.0, bias, MatMut::rows(hh, [m, long])),
                    Some(_) if single => strips.continue_row(&h[living.clone()], gates),
                    Some(_) => strips.multiply(before, 1.0, None, MatMut::rows(gates, [m, long])),
                }
                for i in 0..m {
                    let one = scaled(&(i..i + 1), hidden);
                    let wide = scaled(&(i..i + 1), long);
                    let hh = if hh.is_empty() { &[] } else { &hh[wide.clone()] };
                    let c = if c.is_empty() { &mut [] } else { &mut c[one.clone()] };
                    let kept = if kept.is_empty() { &mut [] } else { &mut kept[one.clone()] };
                    cell.forward(isa, &mut gates[wide], hh, [&mut h[one], c], kept);
                }
                out.copy_from_slice(&h[living]);
            }
        })
    });
}

/// What [`backward`] reads besides the gates: what [`forward`] kept, and the state that each row came from.
pub(crate) struct Kept<'a> {
    pub(crate) gates: &'a [f32],
    pub(crate) kept: &'a [f32],
    /// The first state, and the state after every row.
    pub(crate) before: [&'a [f32]; 2],
}

/// The gradients of the products of the input and, where they are others, of the state.
///
/// `d_out` is the gradient of `out`, if there is one. `dh` and `dc` begin as the gradients of the last state
/// and end as those of the first.
#[allow(clippy::too_many_arguments)]
pub(crate) fn backward<C: Cell>(
    isa: Isa,
    cell: &C,
    walk: Walk<'_>,
    weight: &[f32],
    kept: Kept<'_>,
    d_out: Option<&[f32]>,
    [dh, dc]: [&mut [f32]; 2],
    [d_ih, d_hh]: [&mut [f32]; 2],
) {
    let (hidden, long) = (walk.hidden, C::GATES * walk.hidden);
    let weight = Mat::rows(weight, [long, hidden]);
    let single = walk.batch() == 1; // oneDNN's product of one row has no stretches
    let [dh, dc, d_ih, d_hh] = [dh, dc, d_ih, d_hh].map(Pieces::new);
    walk.with_strips::<C>(isa, weight, |weights| {
        walk.for_sequences(C::GATES, |sequences| {
            let len = sequences.len() * hidden;
            let mut d = vec![0.0; len];
            let mut past = vec![0.0; if C::CARRIES { len } else { 0 }];
            // SAFETY: here and below, a task has its own sequences, and a row belongs to one of them.
            let dh = unsafe { dh.get(scaled(&sequences, hidden)) };
            let dc = unsafe { dc.get(if dc.is_empty() { 0..0 } else { scaled(&sequences, hidden) }) };
            if C::CARRIES {
                past.copy_from_slice(dh);
                dh.fill(0.0);
            }
            let steps: Vec<Step> = walk.steps().collect();
            for (t, &step) in steps.iter().enumerate().rev() {
                let rows = step.rows(&sequences);
                let m = rows.len();
                // SAFETY: as above.
                let (d_ih, d_hh) = unsafe {
                    let hh_rows = if d_hh.is_empty() { 0..0 } else { scaled(&rows, long) };
                    (d_ih.get(scaled(&rows, long)), d_hh.get(hh_rows))
                };
                let d = &mut d[..m * hidden];
                match d_out {
                    Some(d_out) => d.copy_from_slice(&d_out[scaled(&rows, hidden)]),
                    None => d.fill(0.0),
                }
                add(isa, d, if C::CARRIES { &past } else { &[] });
                add(isa, d, dh);
                for i in 0..m {
                    let (one, wide) = (scaled(&(i..i + 1), hidden), scaled(&(i..i + 1), long));
                    let sequence = sequences.start + i;
                    let before = match t.checked_sub(1).map(|t| steps[t]) {
                        Some(last) if sequence < last.len => {
                            &kept.before[1]
                                [scaled(&(last.first + sequence..last.first + sequence + 1), hidden)]
                        }
                        _ => &kept.before[0][scaled(&(sequence..sequence + 1), hidden)],
                    };
                    let row = scaled(&(rows.start + i..rows.start + i + 1), hidden);
                    let saved = Row {
                        gates: &kept.gates[row.start * C::GATES..row.end * C::GATES],
                        kept: if kept.kept.is_empty() { &[] } else { &kept.kept[row] },
                    };
                    let dc = if dc.is_empty() { &mut [] } else { &mut dc[one.clone()] };
                    let other = if d_hh.is_empty() { &mut [] } else { &mut d_hh[wide.clone()] };
                    cell.backward(isa, saved, before, [&mut d[one], dc], [&mut d_ih[wide], other]);
                }
                if C::CARRIES {
                    past[..m * hidden].copy_from_slice(d);
                }
                let gates = Mat::rows(if d_hh.is_empty() { d_ih } else { d_hh }, [m, long]);
                let (dh, strips) = (&mut dh[..m * hidden], weights.of(step));
                if single && C::PRODUCTS.is_some() {
                    dh.fill(0.0);
                    strips.continue_row(d_ih, dh);
                } else {
                    strips.multiply(gates, 0.0, None, MatMut::rows(dh, [m, hidden]));
                }
            }
            if C::CARRIES {
                add(isa, &mut past, dh);
                dh.copy_from_slice(&past);
            }
        })
    });
}

fn scaled(range: &Range<usize>, by: usize) -> Range<usize> {
    range.start * by..range.end * by
}

/// `y ← y + x` where there is an `x`, which may be longer.
fn add(isa: Isa, y: &mut [f32], x: &[f32]) {
    struct Add<'a>(&'a mut [f32], &'a [f32]);
    impl super::simd::Kernel for Add<'_> {
        type Output = ();

        #[inline(always)]
        fn run(self) {
            for (y, &x) in self.0.iter_mut().zip(self.1) {
                *y += x;
            }
        }
    }
    super::simd::dispatch_on(isa, Add(y, x));
}
