//! Windows that move over planes: what a pool of images computes.
//!
//! A plane has three axes, the outer ones of size 1 where an image has fewer; an [`Axis`] says where the
//! windows lie along one. The taps of a window are taken row by row, as in torch: that is the order of sums,
//! and decides which of several maxima is the first.

mod average;
mod axis;
mod max;

use std::ops::Range;

use super::number::Num;
use super::parallel::{GRAIN, Pieces, for_each_range};
use super::simd::{Kernel, dispatch};

pub use average::{Divisor, average, spread};
use axis::Span;
pub use axis::{Axis, Slide};
pub use max::{Place, fits_a_byte, gather, indices, maximum, scatter};

/// The axes of a plane, from the outermost.
pub type Axes = [Axis; 3];

/// The number of elements that a plane has.
fn input_len(axes: &Axes) -> usize {
    axes.iter().map(|axis| axis.input).product()
}

/// The number of windows over a plane.
fn output_len(axes: &Axes) -> usize {
    axes.iter().map(Axis::output).product()
}

/// The most taps that a window has.
fn taps(axes: &Axes) -> usize {
    axes.iter().fold(1, |taps, axis| taps.saturating_mul(axis.kernel))
}

/// How many planes of `len` elements make a task.
fn planes_of(len: usize) -> usize {
    (GRAIN / len.max(1)).max(1)
}

/// A computation on the taps of `L` windows beside each other.
trait Rule: Copy + Send + Sync {
    type T: Num;
    /// What is written for each window beside its result.
    type Kept: Copy + Send + Sync;
    /// The state of `L` windows.
    type Lanes<const L: usize>;

    /// The state before the first tap: its number in the window, and its position in the plane for the first
    /// window of them.
    fn start<const L: usize>(tap: usize, position: usize) -> Self::Lanes<L>;

    /// Takes one more tap into the state.
    fn step<const L: usize>(lanes: &mut Self::Lanes<L>, x: &[Self::T; L], tap: usize, position: usize);

    /// The results of the windows, which are `stride` apart; `window` is the first of them along each axis.
    fn end<const L: usize>(
        self,
        lanes: Self::Lanes<L>,
        stride: usize,
        window: [&Span; 3],
    ) -> ([Self::T; L], [Self::Kept; L]);
}

/// The results of a rule for the windows over the planes of `x`.
///
/// # Panics
///
/// If the lengths are not those of as many planes.
fn run<R: Rule>(rule: R, x: &[R::T], axes: &Axes, y: &mut [R::T], kept: &mut [R::Kept]) {
    if y.is_empty() {
        return;
    }
    let (plane, columns) = (input_len(axes), axes[2].output());
    let (rows, n) = (y.len() / columns, y.len());
    assert!(
        n == kept.len() && x.len() * output_len(axes) == n * plane,
        "pooling: {n} and {} results for {} elements",
        kept.len(),
        x.len()
    );
    let work = columns.saturating_mul(taps(axes).min(plane)).max(1);
    let (y, kept) = (Pieces::new(y), Pieces::new(kept));
    for_each_range(rows, (GRAIN / work).max(1), |range| {
        let at = range.start * columns..range.end * columns;
        // SAFETY: each range of rows belongs to one task, so no element is in two pieces.
        let (y, kept) = unsafe { (y.get(at.clone()), kept.get(at)) };
        dispatch(Rows { rule, x, axes, first: range.start, plane, y, kept });
    });
}

/// The rows of windows from the `first` on.
struct Rows<'a, R: Rule> {
    rule: R,
    x: &'a [R::T],
    axes: &'a Axes,
    first: usize,
    /// The elements of a plane.
    plane: usize,
    y: &'a mut [R::T],
    kept: &'a mut [R::Kept],
}

impl<R: Rule> Kernel for Rows<'_, R> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let [d, h, w] = self.axes;
        let rows = self.y.chunks_exact_mut(w.output()).zip(self.kept.chunks_exact_mut(w.output()));
        for (at, (y, kept)) in (self.first..).zip(rows) {
            let (plane, i, j) =
                (at / (d.output() * h.output()) * self.plane, at / h.output() % d.output(), at % h.output());
            let x = &self.x[plane..plane + self.plane];
            row(Row { rule: self.rule, x, axes: self.axes, y, kept }, i, j);
        }
    }
}

/// One row of windows over a plane.
struct Row<'a, R: Rule> {
    rule: R,
    x: &'a [R::T],
    axes: &'a Axes,
    y: &'a mut [R::T],
    kept: &'a mut [R::Kept],
}

/// How many windows are computed together: a vector of f32 with AVX2, half of one with AVX-512. Rows of small
/// images are no longer; those of fewer windows take half as many.
const LANES: usize = 8;

/// Computes those windows of a row that are the `i`th and `j`th along the outer axes.
#[inline(always)]
fn row<R: Rule>(mut row: Row<'_, R>, i: usize, j: usize) {
    // Loops and no closures, which would not be compiled for the instruction set.
    let w = &row.axes[2];
    let Range { start, end } = w.whole;
    let lanes = [LANES, LANES / 2].into_iter().find(|&lanes| end - start >= lanes).unwrap_or(1);
    let mut k = 0;
    while k < w.output() {
        if k < start || k >= end || lanes == 1 {
            windows::<R, 1, 0, 0>(&mut row, [i, j, k]);
            k += 1;
            continue;
        }
        // The last ones overlap with those before.
        let at = [i, j, k.min(end - lanes)];
        if lanes == LANES {
            side_by_side::<R, LANES>(&mut row, at);
        } else {
            side_by_side::<R, { LANES / 2 }>(&mut row, at);
        }
        k = at[2] + lanes;
    }
}

/// Computes `L` windows with all their taps, from the one at `at` on.
#[inline(always)]
fn side_by_side<R: Rule, const L: usize>(row: &mut Row<'_, R>, at: [usize; 3]) {
    let w = &row.axes[2];
    match (w.stride, w.kernel, w.dilation) {
        (2, 2, 1) => windows::<R, L, 2, 2>(row, at),
        (2, 3, 1) => windows::<R, L, 2, 3>(row, at),
        (1, 3, 1) => windows::<R, L, 1, 3>(row, at),
        (1, _, _) => windows::<R, L, 1, 0>(row, at),
        _ => windows::<R, L, 0, 0>(row, at),
    }
}

/// Computes `L` windows from the one at `at` on. They are `S` apart, or as far as the axis says for 0,
/// and have `K` taps along it next to each other, or those that the axis says. If they are several, all
/// have all taps along the last axis.
#[inline(always)]
fn windows<R: Rule, const L: usize, const S: usize, const K: usize>(row: &mut Row<'_, R>, at: [usize; 3]) {
    let [d, h, w] = row.axes;
    let [a, b, c] = [&d.spans[at[0]], &h.spans[at[1]], &w.spans[at[2]]];
    let stride = if S == 0 { w.stride } else { S };
    // Numbers of taps wrap around in windows so large that nobody asks for them.
    let number = |i: usize, j: usize| i.wrapping_mul(h.kernel).wrapping_add(j).wrapping_mul(w.kernel);
    let position = |i, j| (a.at(i, d.dilation) * h.input + b.at(j, h.dilation)) * w.input;
    let (i, j, k) = (a.taps.start, b.taps.start, c.taps.start);
    let mut lanes = R::start::<L>(number(i, j).wrapping_add(k), position(i, j) + c.at(k, w.dilation));
    let mut taken = [R::T::ZERO; L];
    for i in a.taps.clone() {
        for j in b.taps.clone() {
            let (number, from) = (number(i, j), position(i, j));
            if K > 0 {
                let from = from + c.at(0, 1);
                let x = &row.x[from..][..(L - 1) * S + K];
                for k in 0..K {
                    for l in 0..L {
                        taken[l] = x[l * S + k];
                    }
                    R::step::<L>(&mut lanes, &taken, number + k, from + k);
                }
                continue;
            }
            for k in c.taps.clone() {
                let from = from + c.at(k, w.dilation);
                let x = &row.x[from..][..(L - 1) * stride + 1];
                for l in 0..L {
                    taken[l] = x[l * stride];
                }
                R::step::<L>(&mut lanes, &taken, number.wrapping_add(k), from);
            }
        }
    }
    let (y, kept) = row.rule.end::<L>(lanes, stride, [a, b, c]);
    row.y[at[2]..][..L].copy_from_slice(&y);
    row.kept[at[2]..][..L].copy_from_slice(&kept);
}
