//! The sum that every pass of a convolution is: `y[r, l] ← Σₖ x[rows[r] + steps[k]] · b[k, l]`.
//!
//! Rows and steps are places in one buffer. Where a row is a place of the output and a step a tap of the
//! kernel, this is the convolution; where a row is a tap and a step a place, it is the gradient of the
//! weights. `b` is packed: the lanes of a step lie side by side, one step after the other.

use std::ops::Range;

use super::depthwise::{self, TapsFn};
use super::steps::Needed;
use super::strip::{self, StripFn};
use crate::kernels::number::Float;
use crate::kernels::simd::Isa;
use crate::kernels::vector::{Array, Vector};
#[cfg(target_arch = "x86_64")]
use crate::kernels::vector::{Avx2, Avx512};

/// Places in a buffer.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    at: Vec<u32>,
    end: usize,
}

impl Places {
    /// Places of one image, of which `Convolution::geometry` has seen that they fit in 32 bits.
    pub(super) fn new(places: impl IntoIterator<Item = usize>) -> Self {
        let mut all = Places::default();
        places.into_iter().for_each(|place| all.push(place));
        all
    }

    pub(super) fn push(&mut self, place: usize) {
        self.at.push(u32::try_from(place).expect("the sizes were checked"));
        self.end = self.end.max(place + 1);
    }

    pub(super) fn len(&self) -> usize {
        self.at.len()
    }

    pub(super) fn part(&self, range: Range<usize>) -> Part<'_> {
        Part { at: &self.at[range], end: self.end }
    }
}

/// Some of the [`Places`], none of which reaches beyond `end`.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    at: &'a [u32],
    end: usize,
}

impl<'a> Part<'a> {
    /// The places, and a number that all of them are smaller than.
    pub(super) fn places(&self) -> (&'a [u32], usize) {
        (self.at, self.end)
    }
}

/// Sums that are made together, in tiles.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// Where each begins in the source, and which of the results it is.
    at: Vec<[u32; 2]>,
    /// For tiles of one vector and of two: some of the rows, and which kind of steps they need.
    tiles: [Vec<(Range<usize>, usize)>; 2],
    /// What is beyond all of the places and all of the results.
    ends: [usize; 2],
}

impl Rows {
    /// Rows in no tile yet; their places have been seen to fit in 32 bits, as those of [`Places::new`].
    pub(super) fn new(at: impl IntoIterator<Item = [usize; 2]>) -> Self {
        let narrow = |at: usize| u32::try_from(at).expect("the sizes were checked");
        let at: Vec<_> = at.into_iter().map(|at| at.map(narrow)).collect();
        let ends = [0, 1].map(|i| at.iter().map(|at| at[i] as usize + 1).max().unwrap_or(0));
        Rows { at, tiles: Default::default(), ends }
    }

    pub(super) fn len(&self) -> usize {
        self.at.len()
    }

    /// Cuts rows into tiles of so many vectors, which need one kind of steps. The tiles are as equally high
    /// as can be: a low one waits for its sums.
    pub(super) fn cut<T>(&mut self, tiles: &Tiles<T>, vectors: usize, rows: Range<usize>, kind: usize) {
        let count = rows.len().div_ceil(tiles.of[vectors - 1].len());
        let cut = |i: usize| rows.start + rows.len() * i / count;
        self.tiles[vectors - 1].extend((0..count).map(|i| (cut(i)..cut(i + 1), kind)));
    }
}

/// How a sum begins and ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Start {
    /// From 0, and the sum is the result.
    #[default]
    Fresh,
    /// From 0, and the sum is added to what is there.
    Added,
    /// From what is there.
    Onward,
}

/// What a tile reads; it writes `out`.
pub(super) struct Tile<'a, T> {
    rows: &'a [[u32; 2]],
    stretches: &'a [[u32; 2]],
    steps: *const u32,
    x: *const T,
    b: *const T,
    out: *mut T,
    start: Start,
}

/// Computes a tile of as many rows and vectors as it was compiled for.
///
/// # Safety
///
/// There are `r` rows. With `l` lanes: `x` is readable at the sum of each row's place and each step in a
/// stretch, `b` for `l` numbers at `l` times its number, `out` writable (and readable) for `l` at `l` times
/// the number of each row's result; the processor has the instruction set.
type TileFn<T> = unsafe fn(&Tile<'_, T>);

/// The tiles of an instruction set: `of[v - 1][r - 1]` has `r` rows of `v` vectors, `strips[r - 1]` has `r`
/// channels, for up to as many vectors as it is given with, `taps[r - 1]` has `r` taps.
pub(super) struct Tiles<T: 'static> {
    pub(super) lanes: usize,
    of: [&'static [TileFn<T>]; 2],
    pub(super) strips: &'static [(StripFn<T>, usize)],
    pub(super) taps: [TapsFn<T>; depthwise::TAPS],
}

impl<T> Tiles<T> {
    /// Vectors for `lanes` numbers, no more than there are tiles for.
    pub(super) fn vectors(&self, lanes: usize) -> usize {
        lanes.div_ceil(self.lanes).clamp(1, self.of.len())
    }

    /// The numbers in so many vectors.
    pub(super) fn width(&self, vectors: usize) -> usize {
        vectors * self.lanes
    }

    /// Computes `out: [results, width]` from `x` and `b: [steps, width]`, chain by chain, from what `out`
    /// holds; `needed` has what each kind of rows needs, with chains alike.
    ///
    /// # Panics
    /// If a slice is too short.
    pub(super) fn tile(
        &self,
        vectors: usize,
        rows: &Rows,
        (steps, needed): (&Places, &[Needed]),
        x: &[T],
        b: &[T],
        out: &mut [T],
    ) {
        let (width, tiles) = (self.width(vectors), self.of[vectors - 1]);
        let reaches = rows.len() == 0 || steps.len() == 0 || (rows.ends[0] - 1) + (steps.end - 1) < x.len();
        assert!(reaches && b.len() >= steps.len() * width && out.len() >= rows.ends[1] * width);
        assert!(needed.iter().all(|needed| needed.end() <= steps.len()));
        for chain in 0..needed.first().map_or(0, Needed::chains) {
            for (range, kind) in &rows.tiles[vectors - 1] {
                let (stretches, start) = needed[*kind].chain(chain);
                let tile = Tile {
                    rows: &rows.at[range.clone()],
                    stretches,
                    steps: steps.at.as_ptr(),
                    x: x.as_ptr(),
                    b: b.as_ptr(),
                    out: out.as_mut_ptr(),
                    start,
                };
                // SAFETY: no row and no step lies beyond its end, so that their sums lie in `x`; no
                // stretch goes beyond the steps; the others are long enough by the assertion, and
                // `of` gives out tiles of sets that the processor has.
                unsafe { tiles[range.len() - 1](&tile) };
            }
        }
    }
}

/// # Safety
///
/// As [`TileFn`].
#[inline(always)]
#[allow(clippy::needless_range_loop)] // counted loops over registers are what the compiler unrolls
unsafe fn tile<T: Float, V: Vector<T>, const R: usize, const M: usize>(t: &Tile<'_, T>) {
    // SAFETY: the caller's promise.
    unsafe {
        let row = |r: usize| t.rows.get_unchecked(r).map(|at| at as usize);
        let x: [*const T; R] = std::array::from_fn(|r| t.x.add(row(r)[0]));
        let out = |r: usize, m: usize| t.out.add((row(r)[1] * M + m) * V::LANES);
        let mut sums = [[V::splat(T::ZERO); M]; R];
        if t.start == Start::Onward {
            for r in 0..R {
                for m in 0..M {
                    sums[r][m] = V::load(out(r, m));
                }
            }
        }
        for &[begin, end] in t.stretches {
            let mut b = t.b.add(begin as usize * M * V::LANES);
            for step in begin..end {
                let step = *t.steps.add(step as usize) as usize;
                let mut factors = [V::splat(T::ZERO); M];
                for m in 0..M {
                    factors[m] = V::load(b.add(m * V::LANES));
                }
                for r in 0..R {
                    let x = V::splat(*x[r].add(step));
                    for m in 0..M {
                        sums[r][m] = x.mul_add(factors[m], sums[r][m]);
                    }
                }
                b = b.add(M * V::LANES);
            }
        }
        for r in 0..R {
            for m in 0..M {
                let sum = sums[r][m];
                let y = if t.start == Start::Added { sum.add(V::load(out(r, m))) } else { sum };
                y.store(out(r, m));
            }
        }
    }
}

/// A float that is convolved of: `f32` or `f64`.
pub trait Contract: Float {
    /// The tiles of an instruction set, which this machine has.
    #[doc(hidden)]
    #[allow(private_interfaces)]
    fn tiles(isa: Isa) -> &'static Tiles<Self>;
}

/// The tiles of a type of vector, in a module of its own.
macro_rules! tiles {
    ($($module:ident: $t:ty, $vector:ty, [$($r:literal $m:literal),*] $(, $features:literal)?;)*) => {$(
        mod $module {
            use super::*;

            $(#[target_feature(enable = $features)])?
            unsafe fn tile<const R: usize, const M: usize>(t: &Tile<'_, $t>) {
                // SAFETY: the caller's promise.
                unsafe { super::tile::<$t, $vector, R, M>(t) }
            }

            $(#[target_feature(enable = $features)])?
            unsafe fn strip<const R: usize, const M: usize>(t: &strip::Strip<'_, $t>) {
                // SAFETY: the caller's promise.
                unsafe { strip::strip::<$t, $vector, R, M>(t) }
            }

            $(#[target_feature(enable = $features)])?
            unsafe fn taps<const R: usize>(t: &depthwise::Taps<'_, $t>) {
                // SAFETY: the caller's promise.
                unsafe { depthwise::taps::<$t, $vector, R>(t) }
            }

            pub(super) static TILES: Tiles<$t> = Tiles {
                lanes: <$vector as Vector<$t>>::LANES,
                of: [
                    &[
                        tile::<1, 1>,
                        tile::<2, 1>,
                        tile::<3, 1>,
                        tile::<4, 1>,
                        tile::<5, 1>,
                        tile::<6, 1>,
                        tile::<7, 1>,
                        tile::<8, 1>,
                        tile::<9, 1>,
                        tile::<10, 1>,
                    ],
                    &[tile::<1, 2>, tile::<2, 2>, tile::<3, 2>, tile::<4, 2>, tile::<5, 2>, tile::<6, 2>],
                ],
                strips: &[$((strip::<$r, $m>, $m)),*],
                taps: [
                    taps::<1>,
                    taps::<2>,
                    taps::<3>,
                    taps::<4>,
                    taps::<5>,
                    taps::<6>,
                    taps::<7>,
                    taps::<8>,
                    taps::<9>,
                ],
            };
        }
    )*};
}

/// Whether the base instruction set of the target has fused multiply-add.
const FUSED: bool = cfg!(any(target_arch = "aarch64", target_feature = "fma"));

tiles! {
    f32_anywhere: f32, Array<f32, 4, FUSED>, [1 8, 2 4, 3 3, 4 3, 5 2, 6 2];
    f64_anywhere: f64, Array<f64, 2, FUSED>, [1 8, 2 4, 3 3, 4 3, 5 2, 6 2];
}

#[cfg(target_arch = "x86_64")]
tiles! {
    f32_avx2: f32, Avx2, [1 8, 2 4, 3 3, 4 3, 5 2, 6 2], "avx2,fma";
    f32_avx512: f32, Avx512, [1 8, 2 8, 3 6, 4 5, 5 2, 6 2, 7 2, 8 2], "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma";
    f64_avx2: f64, Array<f64, 4, true>, [1 8, 2 4, 3 3, 4 3, 5 2, 6 2], "avx2,fma";
}

impl Contract for f32 {
    #[allow(private_interfaces)]
    fn tiles(isa: Isa) -> &'static Tiles<f32> {
        isa.assert_available();
        match isa {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => &f32_avx512::TILES,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => &f32_avx2::TILES,
            _ => &f32_anywhere::TILES,
        }
    }
}

impl Contract for f64 {
    #[allow(private_interfaces)]
    fn tiles(isa: Isa) -> &'static Tiles<f64> {
        isa.assert_available();
        match isa {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 | Isa::Avx512 => &f64_avx2::TILES,
            _ => &f64_anywhere::TILES,
        }
    }
}
