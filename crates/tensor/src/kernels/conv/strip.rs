//! The same sums with places in the lanes: `y[r, to + l] ← Σₖ x[at + steps[k] + l] · w[k, r]`.
//!
//! Where a convolution has few channels, or rows that fill vectors, this wastes fewer lanes than a tile whose
//! lanes are channels, and its results need not be turned round.

use std::ops::Range;

use super::contract::{Places, Start, Tiles};
use super::steps::Needed;
use crate::kernels::number::Float;
use crate::kernels::vector::Vector;

/// Vectors of neighbouring places, in strips.
#[derive(Debug)]
pub(super) struct Vectors {
    /// Where the sums of each begin in the source, and where its results go in a channel.
    at: Vec<[usize; 2]>,
    /// How far they reach there.
    ends: [usize; 2],
    /// How many results each has.
    filled: usize,
    /// How many make a strip, and which kind of steps each strip needs.
    most: usize,
    kinds: Vec<usize>,
}

impl Vectors {
    /// Rows of `width` places, each of which begins in source and result as told, for vectors of `lanes`, so
    /// many in a strip; `kind` says what some of the rows need. The last vector of a row overlaps the one
    /// before: the sums of both are the same. The vector of a row that does not fill it reads on behind the
    /// row.
    pub(super) fn new(
        rows: &[[usize; 2]],
        width: usize,
        (lanes, most): (usize, usize),
        mut kind: impl FnMut(Range<usize>) -> usize,
    ) -> Self {
        let filled = width.min(lanes);
        let last = (!width.is_multiple_of(lanes)).then(|| width - filled);
        let columns: Vec<_> = (0..width / lanes).map(|i| i * lanes).chain(last).collect();
        let at: Vec<_> = rows
            .iter()
            .flat_map(|row| columns.iter().map(|column| row.map(|place| place + column)))
            .collect();
        let end = |i: usize, reach: usize| at.iter().map(|at| at[i] + reach).max().unwrap_or(0);
        let ends = [end(0, lanes), end(1, filled)];
        let row = |vector: usize| vector / columns.len();
        let kinds = (0..at.len()).step_by(most).map(|i| kind(row(i)..row((i + most).min(at.len()) - 1) + 1));
        let kinds = kinds.collect();
        Vectors { at, ends, filled, most, kinds }
    }

    pub(super) fn strips(&self) -> impl Iterator<Item = Part<'_>> {
        let parts = self.at.chunks(self.most).zip(&self.kinds);
        parts.map(|(at, &kind)| Part { at, kind, vectors: self })
    }
}

/// The [`Vectors`] of a strip.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    at: &'a [[usize; 2]],
    pub(super) kind: usize,
    vectors: &'a Vectors,
}

/// What a strip reads; it writes `y`.
pub(super) struct Strip<'a, T> {
    vectors: &'a [[usize; 2]],
    /// How many results of a vector are stored.
    filled: usize,
    steps: *const u32,
    needed: &'a Needed,
    /// Steps whose places for the next vectors are fetched into the cache.
    ahead: &'a [u32],
    x: *const T,
    w: *const T,
    before: *const T,
    y: *mut T,
    /// How far neighbouring channels of `y` are apart.
    apart: usize,
}

/// Computes the sums of as many channels as it was compiled for, for one to as many vectors.
///
/// # Safety
///
/// There is a vector. With `r` channels: `x` is readable for a vector at the sum of each vector's place and
/// each step that is needed, `w` for `r` numbers at `r` times its number, `before` for `r`, `y` writable for
/// as many numbers as are `filled` at each vector's place in every channel; the processor has the instruction
/// set.
pub(super) type StripFn<T> = unsafe fn(&Strip<'_, T>);

impl<T: Float> Tiles<T> {
    /// Computes the results of a block of channels for some vectors; `before` has the value that each channel
    /// starts from, and `y` one channel every `apart` numbers. The steps `ahead` are fetched for the next
    /// vectors.
    ///
    /// # Panics
    /// If a slice is too short.
    pub(super) fn strip(
        &self,
        part: Part<'_>,
        (steps, needed, ahead): (&Places, &Needed, Range<usize>),
        x: &[T],
        (w, before): (&[T], &[T]),
        (y, apart): (&mut [T], usize),
    ) {
        let (channels, vectors) = (before.len(), part.vectors);
        let (steps, end) = steps.part(0..steps.len()).places();
        let reaches = steps.is_empty() || vectors.ends[0] + end - 1 <= x.len();
        assert!(reaches && w.len() >= steps.len() * channels);
        assert!(vectors.ends[1] <= apart && y.len() >= channels * apart && vectors.filled <= self.lanes);
        assert!(
            needed.end() <= steps.len()
                && !part.at.is_empty()
                && part.at.len() <= self.strips[channels - 1].1
        );
        let strip = Strip {
            vectors: part.at,
            filled: vectors.filled,
            steps: steps.as_ptr(),
            needed,
            ahead: &steps[ahead],
            x: x.as_ptr(),
            w: w.as_ptr(),
            before: before.as_ptr(),
            y: y.as_mut_ptr(),
            apart,
        };
        // SAFETY: by the assertions all of it lies inside; `strips` has those of a set that the processor
        // has.
        unsafe { (self.strips[channels - 1].0)(&strip) };
    }
}

/// # Safety
///
/// As [`StripFn`].
#[inline(always)]
#[allow(clippy::needless_range_loop)] // counted loops over registers are what the compiler unrolls
pub(super) unsafe fn strip<T: Float, V: Vector<T>, const R: usize, const M: usize>(t: &Strip<'_, T>) {
    // SAFETY: the caller's promise.
    unsafe {
        // Where there are fewer vectors the last is computed again.
        let vectors: [[usize; 2]; M] = std::array::from_fn(|m| t.vectors[m.min(t.vectors.len() - 1)]);
        let x: [*const T; M] = std::array::from_fn(|m| t.x.add(vectors[m][0]));
        for m in 0..M {
            for r in 0..R {
                V::prefetch(t.y.wrapping_add(r * t.apart + vectors[m][1]));
            }
        }
        for &step in t.ahead {
            V::prefetch(x[0].wrapping_add(step as usize + M * V::LANES));
        }
        let mut results: [[V; M]; R] = std::array::from_fn(|r| [V::splat(*t.before.add(r)); M]);
        for chain in 0..t.needed.chains() {
            let (stretches, start) = t.needed.chain(chain);
            let mut sums = if start == Start::Onward { results } else { [[V::splat(T::ZERO); M]; R] };
            for &[begin, end] in stretches {
                let mut w = t.w.add(begin as usize * R);
                for step in begin..end {
                    let step = *t.steps.add(step as usize) as usize;
                    let mut factors = [V::splat(T::ZERO); M];
                    for m in 0..M {
                        factors[m] = V::load(x[m].add(step));
                    }
                    for r in 0..R {
                        let w = V::splat(*w.add(r));
                        for m in 0..M {
                            sums[r][m] = w.mul_add(factors[m], sums[r][m]);
                        }
                    }
                    w = w.add(R);
                }
            }
            for r in 0..R {
                for m in 0..M {
                    let sum = sums[r][m];
                    results[r][m] = if start == Start::Added { sum.add(results[r][m]) } else { sum };
                }
            }
        }
        for r in 0..R {
            for m in 0..M {
                let to = t.y.add(r * t.apart + vectors[m][1]);
                if t.filled == V::LANES {
                    results[r][m].store(to);
                } else {
                    results[r][m].store_first(t.filled, to);
                }
            }
        }
    }
}
