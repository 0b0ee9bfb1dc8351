//! The mean of each window.

use std::marker::PhantomData;
use std::ops::Range;

use super::axis::Span;
use super::{Axes, Axis, Rule, input_len, output_len, planes_of, run};
use crate::kernels::number::Num;
use crate::kernels::parallel::for_each_chunk_mut;

/// The number that a window's sum is divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Divisor {
    /// The number of its taps inside the plane.
    Inside,
    /// The number of its taps inside the padded plane.
    Padded,
    /// The number of its taps along one axis after the other: several divisions, each of which rounds.
    Axes,
    /// Always this.
    Always(i64),
}

impl Divisor {
    #[inline(always)]
    fn divide<T: Num>(self, sum: T, window: [&Span; 3]) -> T {
        let [a, b, c] = window;
        let product = |n: [usize; 3]| T::from_i64((n[0] * n[1] * n[2]) as i64);
        let inside = [a.taps.len(), b.taps.len(), c.taps.len()];
        match self {
            Divisor::Inside => sum.div(product(inside)),
            Divisor::Padded => sum.div(product([a.padded, b.padded, c.padded])),
            Divisor::Axes => inside.iter().fold(sum, |sum, &n| sum.div(T::from_i64(n as i64))),
            Divisor::Always(n) => sum.div(T::from_i64(n)),
        }
    }
}

/// The means `y` of the windows over the planes of `x`: a chain of sums from 0 on, tap by tap, and then the
/// division, as in torch.
///
/// # Panics
///
/// If the lengths are not those of as many planes.
pub fn average<T: Num>(x: &[T], axes: &Axes, divisor: Divisor, y: &mut [T]) {
    let kept = &mut vec![(); y.len()];
    run(Mean(divisor, PhantomData), x, axes, y, kept);
}

#[derive(Clone, Copy)]
struct Mean<T>(Divisor, PhantomData<T>);

impl<T: Num> Rule for Mean<T> {
    type T = T;
    type Kept = ();
    /// The sums so far.
    type Lanes<const L: usize> = [T; L];

    #[inline(always)]
    fn start<const L: usize>(_: usize, _: usize) -> [T; L] {
        [T::ZERO; L]
    }

    #[inline(always)]
    fn step<const L: usize>(sums: &mut [T; L], x: &[T; L], _: usize, _: usize) {
        for l in 0..L {
            sums[l] = sums[l].add(x[l]);
        }
    }

    #[inline(always)]
    fn end<const L: usize>(self, mut sums: [T; L], _: usize, window: [&Span; 3]) -> ([T; L], [(); L]) {
        // Windows that have all their taps have the same divisor. Some of torch's loops add the
        // quotient to a 0, which makes 0 of −0.
        for sum in &mut sums {
            let mean = self.0.divide(*sum, window);
            *sum = if self.0 == Divisor::Axes { mean } else { T::ZERO.add(mean) };
        }
        (sums, [(); L])
    }
}

/// Adds each window's share of `dy` to 0 at its taps, window by window.
pub fn spread<T: Num>(dy: &[T], axes: &Axes, divisor: Divisor, dx: &mut [T]) {
    let (plane, windows) = (input_len(axes), output_len(axes));
    for_each_chunk_mut(dx, planes_of(plane) * plane.max(1), |start, dx| {
        dx.fill(T::ZERO);
        for (at, dx) in (start / plane..).zip(dx.chunks_exact_mut(plane)) {
            spread_one(&dy[at * windows..(at + 1) * windows], axes, divisor, dx);
        }
    });
}

fn spread_one<T: Num>(dy: &[T], axes: &Axes, divisor: Divisor, dx: &mut [T]) {
    let [d, h, w] = axes;
    let taps = w.spans.iter().map(|c| c.taps.start).min().unwrap_or(0)
        ..w.spans.iter().map(|c| c.taps.end).max().unwrap_or(0);
    let mut rows = dy.chunks_exact(w.output().max(1));
    let mut shares = vec![T::ZERO; w.output()];
    for a in &d.spans {
        for b in &h.spans {
            let dy = rows.next().unwrap_or_default();
            for ((share, &dy), c) in shares.iter_mut().zip(dy).zip(&w.spans) {
                *share = divisor.divide(dy, [a, b, c]);
            }
            for i in a.taps.clone() {
                for j in b.taps.clone() {
                    let row = (a.at(i, 1) * h.input + b.at(j, 1)) * w.input;
                    let dx = &mut dx[row..row + w.input];
                    // From the last tap on: so what an element gets, it gets in the order of the windows.
                    for k in taps.clone().rev() {
                        add_shares(dx, &shares, w, k);
                    }
                }
            }
        }
    }
}

/// Adds the share of each window along an axis to its `k`th tap, where that is inside.
fn add_shares<T: Num>(dx: &mut [T], shares: &[T], w: &Axis, k: usize) {
    let mut add = |range: Range<usize>| {
        for (c, &share) in w.spans[range.clone()].iter().zip(&shares[range]) {
            if c.taps.contains(&k) {
                let dx = &mut dx[c.at(k, 1)];
                *dx = dx.add(share);
            }
        }
    };
    let Range { start, end } = w.whole;
    add(0..start);
    add(end..w.output());
    if start < end {
        let (dx, shares) = (&mut dx[w.spans[start].at(k, 1)..], &shares[start..end]);
        for (dx, &share) in dx.iter_mut().step_by(w.stride).zip(shares) {
            *dx = dx.add(share);
        }
    }
}
