//! The sum that every pass of a convolution is: `y[r, l] ← Σₖ x[rows[r] + steps[k]] · b[k, l]`.
//!
//! Rows and steps are places in one buffer. Where a row is a place of the output and a step a tap of the
//! kernel, this is the convolution; where a row is a tap and a step a place, it is the gradient of the
//! weights. `b` is packed: the lanes of a step lie side by side, one step after the other.

use super::depthwise::{self, TapsFn};
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
        let at: Vec<u32> =
            places.into_iter().map(|at| u32::try_from(at).expect("the sizes were checked")).collect();
        let end = at.iter().map(|&at| at as usize + 1).max().unwrap_or(0);
        Places { at, end }
    }

    pub(super) fn len(&self) -> usize {
        self.at.len()
    }

    pub(super) fn part(&self, range: std::ops::Range<usize>) -> Part<'_> {
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
    pub(super) fn len(&self) -> usize {
        self.at.len()
    }

    /// The places, and a number that all of them are smaller than.
    pub(super) fn places(&self) -> (&'a [u32], usize) {
        (self.at, self.end)
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

/// The chains that a sum is cut into.
#[derive(Clone, Debug, Default)]
pub(super) struct Chains {
    /// Where each ends, in steps.
    pub(super) ends: Vec<usize>,
    /// How the first begins, and the later ones.
    pub(super) starts: [Start; 2],
}

/// What a tile reads; it writes `out`.
pub(super) struct Tile<'a, T> {
    rows: *const u32,
    steps: &'a [u32],
    x: *const T,
    b: *const T,
    out: *mut T,
    start: Start,
}

/// Computes a tile of as many rows and vectors as it was compiled for.
///
/// # Safety
///
/// With `r` rows and `l` lanes: `x` is readable at the sum of each row and each step, `b` for `steps·l`
/// numbers, `out` writable (and readable) for `r·l`; the processor has the instruction set.
type TileFn<T> = unsafe fn(&Tile<'_, T>);

/// The tiles of an instruction set: `of[v - 1][r - 1]` has `r` rows of `v` vectors, `strips[r - 1]` has `r`
/// channels, `taps[r - 1]` has `r` taps.
pub(super) struct Tiles<T: 'static> {
    pub(super) lanes: usize,
    of: [&'static [TileFn<T>]; 2],
    pub(super) strips: [StripFn<T>; strip::CHANNELS],
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

    /// Computes `out: [rows, width]` from `x` and `b: [steps, width]`, chain by chain, from what `out` holds.
    ///
    /// # Panics
    /// If a slice is too short.
    pub(super) fn tile(
        &self,
        (width, chains): (usize, &Chains),
        (rows, steps): (Part<'_>, &Places),
        x: &[T],
        b: &[T],
        out: &mut [T],
    ) {
        let mut begin = 0;
        for (i, &end) in chains.ends.iter().enumerate() {
            let start = chains.starts[i.min(1)];
            self.contract(
                width / self.lanes,
                (rows, steps.part(begin..end)),
                x,
                &b[begin * width..],
                out,
                start,
            );
            begin = end;
        }
    }

    /// Computes `out: [rows, width]` from `x` and `b: [steps, width]`.
    ///
    /// # Panics
    /// If a slice is too short.
    pub(super) fn contract(
        &self,
        vectors: usize,
        (rows, steps): (Part<'_>, Part<'_>),
        x: &[T],
        b: &[T],
        out: &mut [T],
        start: Start,
    ) {
        let (width, tiles) = (self.width(vectors), self.of[vectors - 1]);
        let reaches = rows.len() == 0 || steps.len() == 0 || (rows.end - 1) + (steps.end - 1) < x.len();
        assert!(reaches && b.len() >= steps.len() * width && out.len() >= rows.len() * width);
        // As equal heights as the rows can be cut into: a low tile waits for its sums.
        let count = rows.len().div_ceil(tiles.len());
        let mut first = 0;
        for i in 0..count {
            let height = (rows.len() - first).div_ceil(count - i);
            let tile = Tile {
                rows: rows.at[first..first + height].as_ptr(),
                steps: steps.at,
                x: x.as_ptr(),
                b: b.as_ptr(),
                out: out[first * width..].as_mut_ptr(),
                start,
            };
            // SAFETY: no row and no step lies beyond its end, so that their sums lie in `x`; the others are
            // long enough by the assertion, and `of` gives out tiles of sets that the processor has.
            unsafe { tiles[height - 1](&tile) };
            first += height;
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
        let x: [*const T; R] = std::array::from_fn(|r| t.x.add(*t.rows.add(r) as usize));
        let mut sums = [[V::splat(T::ZERO); M]; R];
        if t.start == Start::Onward {
            for r in 0..R {
                for m in 0..M {
                    sums[r][m] = V::load(t.out.add((r * M + m) * V::LANES));
                }
            }
        }
        let mut b = t.b;
        for &step in t.steps {
            let mut factors = [V::splat(T::ZERO); M];
            for m in 0..M {
                factors[m] = V::load(b.add(m * V::LANES));
            }
            for r in 0..R {
                let x = V::splat(*x[r].add(step as usize));
                for m in 0..M {
                    sums[r][m] = x.mul_add(factors[m], sums[r][m]);
                }
            }
            b = b.add(M * V::LANES);
        }
        for r in 0..R {
            for m in 0..M {
                let out = t.out.add((r * M + m) * V::LANES);
                let sum = sums[r][m];
                let y = if t.start == Start::Added { sum.add(V::load(out)) } else { sum };
                y.store(out);
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
    ($($module:ident: $t:ty, $vector:ty $(, $features:literal)?;)*) => {$(
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
                    ],
                    &[tile::<1, 2>, tile::<2, 2>, tile::<3, 2>, tile::<4, 2>, tile::<5, 2>, tile::<6, 2>],
                ],
                strips: [
                    strip::<1, { strip::VECTORS[0] }>,
                    strip::<2, { strip::VECTORS[1] }>,
                    strip::<3, { strip::VECTORS[2] }>,
                    strip::<4, { strip::VECTORS[3] }>,
                    strip::<5, { strip::VECTORS[4] }>,
                    strip::<6, { strip::VECTORS[5] }>,
                ],
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
    f32_anywhere: f32, Array<f32, 4, FUSED>;
    f64_anywhere: f64, Array<f64, 2, FUSED>;
}

#[cfg(target_arch = "x86_64")]
tiles! {
    f32_avx2: f32, Avx2, "avx2,fma";
    f32_avx512: f32, Avx512, "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma";
    f64_avx2: f64, Array<f64, 4, true>, "avx2,fma";
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
