//! The same sums with places in the lanes: `y[r, to + l] ← Σₖ x[at + steps[k] + l] · w[k, r]`.
//!
//! Where a convolution has few channels, or rows that fill vectors, this wastes fewer lanes than a tile whose
//! lanes are channels, and its results need not be turned round.

use super::contract::{Chains, Places, Start, Tiles};
use crate::kernels::number::Float;
use crate::kernels::vector::Vector;

/// Vectors of neighbouring places.
#[derive(Debug)]
pub(super) struct Vectors {
    /// Where the sums of each begin in the source, and where its results go in a channel.
    at: Vec<[usize; 2]>,
    /// How far they reach there.
    ends: [usize; 2],
}

impl Vectors {
    /// Rows of `width` places, each of which begins in source and result as told, for vectors of no more
    /// `lanes`. The last vector of a row overlaps the one before; the sums of both are the same.
    pub(super) fn new(rows: impl IntoIterator<Item = [usize; 2]>, width: usize, lanes: usize) -> Self {
        assert!(width >= lanes, "a row fills a vector");
        let columns = || {
            (0..width / lanes * lanes)
                .step_by(lanes)
                .chain((!width.is_multiple_of(lanes)).then(|| width - lanes))
        };
        let at: Vec<_> = rows
            .into_iter()
            .flat_map(|row| columns().map(move |column| row.map(|place| place + column)))
            .collect();
        let ends = [0, 1].map(|i| at.iter().map(|at| at[i] + lanes).max().unwrap_or(0));
        Vectors { at, ends }
    }

    /// In parts for blocks of up to so many channels.
    pub(super) fn strips(&self, channels: usize) -> impl Iterator<Item = Part<'_>> {
        self.at.chunks(VECTORS[channels.min(CHANNELS) - 1]).map(|at| Part { at, ends: self.ends })
    }
}

/// Some of the [`Vectors`], which reach no further.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    at: &'a [[usize; 2]],
    ends: [usize; 2],
}

/// What a strip reads; it writes `y`.
pub(super) struct Strip<'a, T> {
    vectors: &'a [[usize; 2]],
    steps: &'a [u32],
    /// Steps whose places for the next vectors are fetched into the cache.
    ahead: &'a [u32],
    ends: &'a [usize],
    starts: [Start; 2],
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
/// each step, `w` for `steps·r` numbers, `before` for `r`, `y` writable for a vector at each one's place in
/// every channel; `ends` rises to the number of steps; the processor has the instruction set.
pub(super) type StripFn<T> = unsafe fn(&Strip<'_, T>);

/// The most channels of a strip.
pub(super) const CHANNELS: usize = 6;

/// The vectors of a strip by its channels: as many sums as there are registers beside what they are made of.
pub(super) const VECTORS: [usize; CHANNELS] = [8, 4, 3, 3, 2, 2];

impl<T: Float> Tiles<T> {
    /// Computes the results of a block of channels for some vectors; `before` has the value that each channel
    /// starts from, and `y` one channel every `apart` numbers. The steps `ahead` are fetched for the next
    /// vectors.
    ///
    /// # Panics
    /// If a slice is too short.
    pub(super) fn strip(
        &self,
        vectors: Part<'_>,
        (chains, steps, ahead): (&Chains, &Places, std::ops::Range<usize>),
        x: &[T],
        (w, before): (&[T], &[T]),
        (y, apart): (&mut [T], usize),
    ) {
        let channels = before.len();
        let (steps, end) = steps.part(0..steps.len()).places();
        let reaches = steps.is_empty() || vectors.ends[0] + end - 1 <= x.len();
        assert!(reaches && w.len() >= steps.len() * channels);
        assert!(vectors.ends[1] <= apart && y.len() >= channels * apart);
        assert!(chains.ends.is_sorted() && chains.ends.last().is_none_or(|&last| last == steps.len()));
        assert!(!vectors.at.is_empty() && vectors.at.len() <= VECTORS[channels - 1]);
        let strip = Strip {
            vectors: vectors.at,
            steps,
            ahead: &steps[ahead],
            ends: &chains.ends,
            starts: chains.starts,
            x: x.as_ptr(),
            w: w.as_ptr(),
            before: before.as_ptr(),
            y: y.as_mut_ptr(),
            apart,
        };
        // SAFETY: by the assertions all of it lies inside; `strips` has those of a set that the processor
        // has.
        unsafe { self.strips[channels - 1](&strip) };
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
        let (mut w, mut begin, mut start) = (t.w, 0, t.starts[0]);
        for &end in t.ends {
            let mut sums = if start == Start::Onward { results } else { [[V::splat(T::ZERO); M]; R] };
            for &step in t.steps.get_unchecked(begin..end) {
                let mut factors = [V::splat(T::ZERO); M];
                for m in 0..M {
                    factors[m] = V::load(x[m].add(step as usize));
                }
                for r in 0..R {
                    let w = V::splat(*w.add(r));
                    for m in 0..M {
                        sums[r][m] = w.mul_add(factors[m], sums[r][m]);
                    }
                }
                w = w.add(R);
            }
            for r in 0..R {
                for m in 0..M {
                    let sum = sums[r][m];
                    results[r][m] = if start == Start::Added { sum.add(results[r][m]) } else { sum };
                }
            }
            (begin, start) = (end, t.starts[1]);
        }
        for r in 0..R {
            for m in 0..M {
                results[r][m].store(t.y.add(r * t.apart + vectors[m][1]));
            }
        }
    }
}
