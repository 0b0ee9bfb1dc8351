//! Windows along one axis.

use std::ops::Range;

/// The windows that lie along one axis of a plane, one for each output.
#[derive(Clone, Debug)]
pub struct Axis {
    /// The size of the axis.
    pub(super) input: usize,
    pub(super) spans: Vec<Span>,
    /// The most taps that a window has.
    pub(super) kernel: usize,
    /// The distance between two taps.
    pub(super) dilation: usize,
    /// The distance between two windows in `whole`.
    pub(super) stride: usize,
    /// The outputs, next to each other, whose windows have all taps inside the axis.
    pub(super) whole: Range<usize>,
}

/// One window.
#[derive(Clone, Debug)]
pub(super) struct Span {
    /// The place of its first tap, which may lie in the padding.
    pub(super) start: isize,
    /// The taps inside the axis.
    pub(super) taps: Range<usize>,
    /// The number of taps inside the padded axis.
    pub(super) padded: usize,
}

/// How windows slide along an axis, in elements.
#[derive(Clone, Copy, Debug)]
pub struct Slide {
    /// The number of taps.
    pub kernel: usize,
    /// The distance between two windows.
    pub stride: usize,
    /// The length of the padding on either side.
    pub padding: usize,
    /// The distance between two taps.
    pub dilation: usize,
}

impl Axis {
    /// An axis of size 1 with a window of its own, for planes with fewer axes than three.
    pub fn single() -> Axis {
        Axis::sliding(1, 1, Slide { kernel: 1, stride: 1, padding: 0, dilation: 1 })
    }

    /// Windows that slide along an axis of size `input`.
    pub fn sliding(input: usize, output: usize, slide: Slide) -> Axis {
        let Slide { kernel, stride, padding, dilation } = slide;
        let span = |i: usize| {
            let start = (i * stride) as isize - padding as isize;
            let until =
                |end: isize| usize::try_from(end - start).map_or(0, |n| n.div_ceil(dilation)).min(kernel);
            let first = until(0);
            let taps = first..until(input as isize).max(first);
            Span { start, taps, padded: until((input + padding) as isize) }
        };
        let spans: Vec<Span> = (0..output).map(span).collect();
        let is_whole = |span: &Span| span.taps == (0..kernel);
        let first = spans.iter().position(is_whole).unwrap_or(0);
        let whole = spans[first..].iter().take_while(|span| is_whole(span)).count();
        Axis { input, spans, kernel, dilation, stride, whole: first..first + whole }
    }

    /// `output` windows of as nearly the same length as can be: from `⌊i·n/output⌋` up to but without
    /// `⌈(i+1)·n/output⌉`.
    pub fn adaptive(input: usize, output: usize) -> Axis {
        if output > 0 && input.is_multiple_of(output) {
            let kernel = input / output;
            return Axis::sliding(input, output, Slide { kernel, stride: kernel, padding: 0, dilation: 1 });
        }
        let span = |i: usize| {
            let start = i * input / output;
            let taps = ((i + 1) * input).div_ceil(output) - start;
            Span { start: start as isize, taps: 0..taps, padded: taps }
        };
        let spans: Vec<Span> = (0..output).map(span).collect();
        let kernel = spans.iter().map(|span| span.padded).max().unwrap_or(0);
        Axis { input, spans, kernel, dilation: 1, stride: 1, whole: 0..0 }
    }

    /// The number of windows.
    pub fn output(&self) -> usize {
        self.spans.len()
    }
}

impl Span {
    /// The place of a tap inside the axis.
    #[inline(always)]
    pub(super) fn at(&self, tap: usize, dilation: usize) -> usize {
        self.start.wrapping_add_unsigned(tap * dilation) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(axis: &Axis) -> Vec<(isize, Range<usize>, usize)> {
        axis.spans.iter().map(|span| (span.start, span.taps.clone(), span.padded)).collect()
    }

    #[test]
    fn windows_at_the_ends_have_fewer_taps() {
        let slide = Slide { kernel: 3, stride: 2, padding: 1, dilation: 1 };
        let axis = Axis::sliding(4, 3, slide);
        assert_eq!(spans(&axis), [(-1, 1..3, 3), (1, 0..3, 3), (3, 0..1, 2)]);
        assert_eq!(axis.whole, 1..2);
    }

    #[test]
    fn taps_apart_may_all_miss() {
        let slide = Slide { kernel: 2, stride: 1, padding: 1, dilation: 2 };
        let axis = Axis::sliding(1, 1, slide);
        assert_eq!(spans(&axis), [(-1, 1..1, 2)]);
        assert_eq!(axis.whole, 0..0);
    }

    #[test]
    fn adaptive_windows_overlap_where_they_must() {
        assert_eq!(spans(&Axis::adaptive(7, 3)), [(0, 0..3, 3), (2, 0..3, 3), (4, 0..3, 3)]);
        assert_eq!(spans(&Axis::adaptive(2, 3)), [(0, 0..1, 1), (0, 0..2, 2), (1, 0..1, 1)]);
        assert_eq!(Axis::adaptive(6, 3).whole, 0..3);
        assert_eq!(Axis::adaptive(6, 0).output(), 0);
    }
}
