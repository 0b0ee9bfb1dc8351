//! The steps of a sum, and which of them its places need: at a border taps lie outside the planes, where only
//! zeros are.

use std::ops::Range;

use super::contract::{Places, Start};

/// Taps of each axis, by their numbers.
pub(super) type Taps = [Range<usize>; 3];

/// The steps of a sum in the order in which they are added.
#[derive(Debug)]
pub(super) struct Steps {
    pub(super) places: Places,
    /// For each step, where its weight for the first channel lies.
    pub(super) weights: Vec<usize>,
    /// The taps that are added one after the other: the numbers of each, and the step behind its last.
    taps: Vec<([usize; 3], usize)>,
    /// Where each chain ends, in `taps`.
    chains: Vec<usize>,
    /// How the first chain begins, and the later ones.
    pub(super) starts: [Start; 2],
}

/// Some steps of a sum, chain by chain.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Needed {
    /// Stretches of steps that lie side by side.
    stretches: Vec<[u32; 2]>,
    /// Where each chain ends, in stretches.
    ends: Vec<usize>,
    starts: [Start; 2],
}

impl Needed {
    /// All of the steps, in chains that end so.
    pub(super) fn whole(ends: impl IntoIterator<Item = usize>, starts: [Start; 2]) -> Self {
        let mut needed = Needed { starts, ..Needed::default() };
        let mut begin = 0;
        for end in ends {
            assert!(begin as usize <= end, "chains follow each other");
            needed.stretches.push([begin, end as u32]);
            needed.ends.push(needed.stretches.len());
            begin = end as u32;
        }
        needed
    }

    pub(super) fn chains(&self) -> usize {
        self.ends.len()
    }

    /// The step behind the last: no stretch goes further.
    pub(super) fn end(&self) -> usize {
        self.stretches.last().map_or(0, |last| last[1] as usize)
    }

    /// A chain's stretches, and how it begins.
    #[inline]
    pub(super) fn chain(&self, i: usize) -> (&[[u32; 2]], Start) {
        let begin = if i == 0 { 0 } else { self.ends[i - 1] };
        (&self.stretches[begin..self.ends[i]], self.starts[i.min(1)])
    }
}

impl Steps {
    /// No steps yet, in chains that begin so.
    pub(super) fn new(starts: [Start; 2]) -> Self {
        let (places, weights) = (Places::default(), Vec::new());
        Steps { places, weights, taps: Vec::new(), chains: Vec::new(), starts }
    }

    /// Adds the steps of a tap: where each lies, and its weight.
    pub(super) fn tap(&mut self, tap: [usize; 3], steps: impl IntoIterator<Item = (usize, usize)>) {
        for (place, weight) in steps {
            self.places.push(place);
            self.weights.push(weight);
        }
        self.taps.push((tap, self.places.len()));
    }

    pub(super) fn end_chain(&mut self) {
        self.chains.push(self.taps.len());
    }

    /// The steps at taps in a box.
    pub(super) fn at(&self, inside: &Taps) -> Needed {
        let mut needed = Needed { starts: self.starts, ..Needed::default() };
        let (mut first, mut begin) = (0, 0);
        for &end in &self.chains {
            let of_chain = needed.stretches.len();
            for &(tap, end) in &self.taps[first..end] {
                if (0..3).all(|axis| inside[axis].contains(&tap[axis])) && begin < end {
                    match needed.stretches[of_chain..].last_mut() {
                        Some(last) if last[1] as usize == begin => last[1] = end as u32,
                        _ => needed.stretches.push([begin as u32, end as u32]),
                    }
                }
                begin = end;
            }
            needed.ends.push(needed.stretches.len());
            first = end;
        }
        needed
    }
}

/// What the tiles or strips of a phase need, each kind once.
#[derive(Debug)]
pub(super) struct Needs<'a> {
    steps: &'a Steps,
    taps: Vec<Taps>,
    pub(super) kinds: Vec<Needed>,
}

impl<'a> Needs<'a> {
    pub(super) fn of(steps: &'a Steps) -> Self {
        Needs { steps, taps: Vec::new(), kinds: Vec::new() }
    }

    /// Which of the kinds has what taps of a box need.
    pub(super) fn kind(&mut self, taps: Taps) -> usize {
        self.taps.iter().position(|kind| *kind == taps).unwrap_or_else(|| {
            self.kinds.push(self.steps.at(&taps));
            self.taps.push(taps);
            self.kinds.len() - 1
        })
    }
}

/// The smallest range with both in it.
pub(super) fn both(a: &Range<usize>, b: &Range<usize>) -> Range<usize> {
    match (a.is_empty(), b.is_empty()) {
        (true, _) => b.clone(),
        (_, true) => a.clone(),
        _ => a.start.min(b.start)..a.end.max(b.end),
    }
}
