//! Where the coordinates of a grid lie along one axis of an image, and what they take of it there.

use super::{GridSampleOptions, GridSamplePadding};
use crate::kernels::number::Float;

/// One axis of an image that has `D`: torch has code of its own for two axes, where its compiler adds
/// products up with one rounding, and for three, where it rounds every step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis<T, const D: usize> {
    padding: GridSamplePadding,
    align_corners: bool,
    /// The last element.
    last: T,
    /// Where coordinates are reflected at the beginning.
    low: T,
    /// The elements between there and the reflection at the end.
    span: T,
}

/// The elements of an axis that an output reads, each with its weight and what that gains where the position
/// moves on.
#[derive(Clone, Copy, Debug)]
pub struct Taps<T, const K: usize> {
    pub at: [Place; K],
    pub weight: [T; K],
    pub gain: [T; K],
    /// How far behind an element the position is.
    pub beyond: T,
}

/// A number of an element, and whether there is one: otherwise the number is 0.
pub(super) type Place = (usize, bool);

impl<T: Float, const D: usize> Axis<T, D> {
    /// The axis of `size` elements, one at least.
    pub(super) fn new(size: usize, options: GridSampleOptions) -> Self {
        let GridSampleOptions { padding_mode, align_corners, .. } = options;
        let number = |n: usize| T::from_i64(n as i64);
        let (low, span) = if align_corners { (T::ZERO, size - 1) } else { (T::from_f64(-0.5), size) };
        Axis { padding: padding_mode, align_corners, last: number(size - 1), low, span: number(span) }
    }

    /// The elements for each unit of a coordinate.
    #[inline(always)]
    fn scale(&self) -> T {
        self.span * T::from_f64(0.5)
    }

    /// The position of a coordinate, wherever that is.
    #[inline(always)]
    fn position(&self, coordinate: T) -> T {
        let (from_start, half) = (coordinate + T::ONE, T::from_f64(0.5));
        match (D, self.align_corners) {
            (2, true) => from_start * self.scale(),
            (2, false) => from_start.mul_add(self.scale(), -half),
            (_, true) => from_start * half * self.last,
            (_, false) => (from_start * self.span - T::ONE) * half,
        }
    }

    /// A position brought onto the axis, if the padding does that; `of_four` as for `reflected`.
    #[inline(always)]
    fn padded(&self, position: T, of_four: bool) -> T {
        match self.padding {
            GridSamplePadding::Zeros => position,
            GridSamplePadding::Border => self.clipped(position),
            GridSamplePadding::Reflection => self.clipped(self.reflected(position, of_four).0),
        }
    }

    /// The nearest position on the axis. NaN becomes one of its ends.
    #[inline(always)]
    fn clipped(&self, position: T) -> T {
        let ahead = if D == 2 { position > T::ZERO } else { position >= T::ZERO || position.is_nan() };
        let position = if ahead { position } else { T::ZERO };
        if position < self.last { position } else { self.last }
    }

    /// A position reflected at both ends until it is between them, and in which direction it moves then. For
    /// three axes torch counts the reflections in 32 bits, where too many are an even number, but for one `of
    /// four` elements in more.
    #[inline(always)]
    fn reflected(&self, position: T, of_four: bool) -> (T, T) {
        if self.span == T::ZERO {
            return (T::ZERO, T::ZERO);
        }
        let from_low = position - self.low;
        let (distance, ahead) = (from_low.abs(), if from_low < T::ZERO { -T::ONE } else { T::ONE });
        if D == 2 {
            let twice = self.span + self.span;
            let extra = (-(distance / twice).trunc()).mul_add(twice, distance);
            let turned = twice - extra;
            if extra > turned { (turned + self.low, -ahead) } else { (extra + self.low, ahead) }
        } else {
            let extra = T::from_f64(distance.to_f64() % self.span.to_f64());
            let times = (distance / self.span).floor().to_f64();
            if times % 2.0 == 1.0 && (of_four || times < 2147483648.0) {
                (self.span - extra + self.low, -ahead)
            } else {
                (extra + self.low, ahead)
            }
        }
    }

    /// The padded position of a coordinate, and by how much it moves with that: at the ends of the axis it
    /// does not.
    #[inline(always)]
    fn moving(&self, coordinate: T) -> (T, T) {
        let (position, scale) = (self.position(coordinate), self.scale());
        let (position, scale) = match self.padding {
            GridSamplePadding::Zeros => return (position, scale),
            GridSamplePadding::Border => (position, scale),
            GridSamplePadding::Reflection => {
                let (position, direction) = self.reflected(position, false);
                (position, direction * scale)
            }
        };
        let still = if D == 2 { T::ZERO } else { T::ZERO * scale };
        if position <= T::ZERO {
            (T::ZERO, still)
        } else if position >= self.last {
            (self.last, still)
        } else if D == 2 && position.is_nan() {
            // Torch reads outside of the image here.
            (T::ZERO, scale)
        } else {
            (position, scale)
        }
    }

    /// The element at a whole position.
    #[inline(always)]
    fn place(&self, position: T) -> Place {
        let inside = position >= T::ZERO && position <= self.last;
        (if inside { position.to_f64() as usize } else { 0 }, inside)
    }

    /// The element nearest to a padded position.
    #[inline(always)]
    fn one(&self, position: T) -> Taps<T, 1> {
        Taps { at: [self.place(position.round())], weight: [T::ONE], gain: [T::ZERO], beyond: T::ZERO }
    }

    /// The elements on both sides of a padded position.
    #[inline(always)]
    fn two(&self, position: T) -> Taps<T, 2> {
        let first = position.floor();
        let (second, beyond) = (first + T::ONE, position - first);
        let before = if D == 2 { T::ONE - beyond } else { second - position };
        Taps {
            at: [self.place(first), self.place(second)],
            weight: [before, beyond],
            gain: [-T::ONE, T::ONE],
            beyond,
        }
    }

    /// The four elements around a position, each of which is padded alone.
    #[inline(always)]
    fn four(&self, position: T) -> Taps<T, 4> {
        let (number, first) = (T::from_f64, position.floor());
        let after = position - first;
        let [behind, before, ahead] = [number(1.0) + after, number(1.0) - after, number(2.0) - after];
        let sum = |a: T, x: T, b: f64| if D == 2 { a.mul_add(x, number(b)) } else { a * x + number(b) };
        let near = |x: T| sum(sum(number(1.25), x, -2.25) * x, x, 1.0);
        let far = |x: T| ((number(-0.75) * x + number(3.75)) * x - number(6.0)) * x + number(3.0);
        let near_gain = |x: T| (number(3.75) * x - number(4.5)) * x;
        let far_gain = |x: T| (number(-2.25) * x + number(7.5)) * x - number(6.0);
        // Torch adds 1 in `f64` here.
        let further = |x: T| number(x.to_f64() + 1.0);
        let [first_far, last_far] =
            if D == 2 { [behind, ahead] } else { [further(after), further(number(1.0 - after.to_f64()))] };
        Taps {
            at: [0.0, 1.0, 2.0, 3.0].map(|i| {
                let tap = if D == 2 { first + number(i - 1.0) } else { first - number(1.0) + number(i) };
                self.place(self.padded(tap, true))
            }),
            weight: [far(first_far), near(after), near(before), far(last_far)],
            gain: [far_gain(behind), near_gain(after), -near_gain(before), -far_gain(ahead)],
            beyond: after,
        }
    }
}

/// How many elements along each axis an output reads.
pub(super) trait Reach<T, const D: usize>: Sized {
    /// Those of a coordinate.
    fn of(axis: &Axis<T, D>, coordinate: T) -> Self;

    /// The same on the way back, and by how much the position moves with the coordinate.
    fn moving(axis: &Axis<T, D>, coordinate: T) -> (Self, T);
}

impl<T: Float, const D: usize> Reach<T, D> for Taps<T, 1> {
    #[inline(always)]
    fn of(axis: &Axis<T, D>, coordinate: T) -> Self {
        axis.one(axis.padded(axis.position(coordinate), false))
    }

    #[inline(always)]
    fn moving(axis: &Axis<T, D>, coordinate: T) -> (Self, T) {
        let (position, scale) = axis.moving(coordinate);
        (axis.one(position), scale)
    }
}

impl<T: Float, const D: usize> Reach<T, D> for Taps<T, 2> {
    #[inline(always)]
    fn of(axis: &Axis<T, D>, coordinate: T) -> Self {
        axis.two(axis.padded(axis.position(coordinate), false))
    }

    #[inline(always)]
    fn moving(axis: &Axis<T, D>, coordinate: T) -> (Self, T) {
        let (position, scale) = axis.moving(coordinate);
        (axis.two(position), scale)
    }
}

impl<T: Float, const D: usize> Reach<T, D> for Taps<T, 4> {
    #[inline(always)]
    fn of(axis: &Axis<T, D>, coordinate: T) -> Self {
        axis.four(axis.position(coordinate))
    }

    #[inline(always)]
    fn moving(axis: &Axis<T, D>, coordinate: T) -> (Self, T) {
        (axis.four(axis.position(coordinate)), axis.scale())
    }
}
