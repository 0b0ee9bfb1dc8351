//! The largest element of each window, and where it is.

use std::marker::PhantomData;

use super::axis::Span;
use super::{Axes, Rule, input_len, output_len, planes_of, run, taps};
use crate::kernels::number::Num;
use crate::kernels::parallel::for_each_chunk_mut;

/// What is kept of where a maximum is: nothing where nobody asks, the number of the tap in its window where a
/// byte is enough for that, else the position in the plane.
pub trait Place: Copy + Send + Sync {
    /// The place while the window is looked at.
    type Lane: Copy;

    /// A tap, by its number in the window and its position in the plane.
    fn lane(tap: usize, position: usize) -> Self::Lane;

    /// What is kept of it; the position is `shift` further on.
    fn kept(lane: Self::Lane, shift: usize) -> Self;

    /// The position in the plane, for a window that begins at `start` and whose taps are at `taps` from
    /// there.
    fn position(self, start: isize, taps: &[usize]) -> usize;
}

impl Place for () {
    type Lane = ();

    #[inline(always)]
    fn lane(_: usize, _: usize) {}

    #[inline(always)]
    fn kept((): (), _: usize) {}

    fn position(self, _: isize, _: &[usize]) -> usize {
        unreachable!("nothing was kept")
    }
}

impl Place for u8 {
    type Lane = u32;

    #[inline(always)]
    fn lane(tap: usize, _: usize) -> u32 {
        tap as u32
    }

    #[inline(always)]
    fn kept(tap: u32, _: usize) -> u8 {
        tap as u8
    }

    #[inline(always)]
    fn position(self, start: isize, taps: &[usize]) -> usize {
        start.wrapping_add_unsigned(taps[usize::from(self)]) as usize
    }
}

impl Place for i64 {
    type Lane = i64;

    #[inline(always)]
    fn lane(_: usize, position: usize) -> i64 {
        position as i64
    }

    #[inline(always)]
    fn kept(position: i64, shift: usize) -> i64 {
        position + shift as i64
    }

    #[inline(always)]
    fn position(self, _: isize, _: &[usize]) -> usize {
        self as usize
    }
}

/// Whether a byte is enough for the place of a maximum.
pub fn fits_a_byte(axes: &Axes) -> bool {
    taps(axes) <= 1 << u8::BITS
}

/// The maxima `y` of the windows over the planes of `x`, and where each is. The first of equals counts,
/// and the last NaN before everything; a window without taps has the lowest value.
///
/// # Panics
///
/// If the lengths are not those of as many planes.
pub fn maximum<T: Num, P: Place>(x: &[T], axes: &Axes, y: &mut [T], places: &mut [P]) {
    run(Max(PhantomData), x, axes, y, places);
}

struct Max<T, P>(PhantomData<(T, P)>);

impl<T, P> Clone for Max<T, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, P> Copy for Max<T, P> {}

impl<T: Num, P: Place> Rule for Max<T, P> {
    type T = T;
    type Kept = P;
    /// The largest so far and where they are.
    type Lanes<const L: usize> = ([T; L], [P::Lane; L]);

    #[inline(always)]
    fn start<const L: usize>(tap: usize, position: usize) -> Self::Lanes<L> {
        ([T::LOWEST; L], [P::lane(tap, position); L])
    }

    #[inline(always)]
    fn step<const L: usize>(lanes: &mut Self::Lanes<L>, x: &[T; L], tap: usize, position: usize) {
        let (best, places) = lanes;
        let place = P::lane(tap, position);
        for l in 0..L {
            let better = x[l] > best[l] || x[l].is_nan();
            best[l] = if better { x[l] } else { best[l] };
            places[l] = if better { place } else { places[l] };
        }
    }

    #[inline(always)]
    fn end<const L: usize>(
        self,
        (best, places): Self::Lanes<L>,
        stride: usize,
        _: [&Span; 3],
    ) -> ([T; L], [P; L]) {
        let mut kept = [P::kept(places[0], 0); L];
        for l in 0..L {
            kept[l] = P::kept(places[l], l * stride);
        }
        (best, kept)
    }
}

/// The places of a plane's windows as positions in the plane, in order.
struct Positions<'a> {
    axes: &'a Axes,
    /// The positions of the taps of a window that begins at 0.
    taps: Vec<usize>,
}

impl<'a> Positions<'a> {
    fn of(axes: &'a Axes) -> Self {
        let [d, h, w] = axes;
        let mut taps = Vec::new();
        if fits_a_byte(axes) {
            for i in 0..d.kernel {
                for j in 0..h.kernel {
                    let row = (i * d.dilation * h.input + j * h.dilation) * w.input;
                    taps.extend((0..w.kernel).map(|k| row + k * w.dilation));
                }
            }
        }
        Positions { axes, taps }
    }

    /// Calls `f` with each position and the number of the window.
    #[inline(always)]
    fn each<P: Place>(&self, places: &[P], mut f: impl FnMut(usize, usize)) {
        let [d, h, w] = self.axes;
        let mut places = places.iter().enumerate();
        for a in &d.spans {
            for b in &h.spans {
                let start = (a.start * h.input as isize + b.start) * w.input as isize;
                for (c, (at, place)) in w.spans.iter().zip(&mut places) {
                    f(place.position(start + c.start, &self.taps), at);
                }
            }
        }
    }
}

/// The places as positions in their planes, which torch calls indices.
pub fn indices<P: Place>(places: &[P], axes: &Axes, y: &mut [i64]) {
    let (windows, positions) = (output_len(axes), Positions::of(axes));
    for_each_chunk_mut(y, planes_of(windows) * windows.max(1), |start, y| {
        for (y, places) in y.chunks_exact_mut(windows).zip(places[start..].chunks_exact(windows)) {
            positions.each(places, |position, at| y[at] = position as i64);
        }
    });
}

/// Adds each window's `dy` to 0 at its place, window by window. A window without taps has none.
pub fn scatter<T: Num, P: Place>(dy: &[T], places: &[P], axes: &Axes, dx: &mut [T]) {
    let (plane, windows, positions) = (input_len(axes), output_len(axes), Positions::of(axes));
    for_each_chunk_mut(dx, planes_of(plane) * plane.max(1), |start, dx| {
        dx.fill(T::ZERO);
        for (at, dx) in (start / plane..).zip(dx.chunks_exact_mut(plane)) {
            let at = at * windows..(at + 1) * windows;
            let dy = &dy[at.clone()];
            positions.each(&places[at], |position, at| {
                if let Some(dx) = dx.get_mut(position) {
                    *dx = dx.add(dy[at]);
                }
            });
        }
    });
}

/// The element of `x` at each window's place; 0 for a window without taps.
pub fn gather<T: Num, P: Place>(x: &[T], places: &[P], axes: &Axes, y: &mut [T]) {
    let (plane, windows, positions) = (input_len(axes), output_len(axes), Positions::of(axes));
    for_each_chunk_mut(y, planes_of(windows) * windows.max(1), |start, y| {
        for (at, y) in (start / windows..).zip(y.chunks_exact_mut(windows)) {
            let x = &x[at * plane..(at + 1) * plane];
            positions.each(&places[at * windows..(at + 1) * windows], |position, at| {
                y[at] = x.get(position).copied().unwrap_or(T::ZERO);
            });
        }
    });
}
