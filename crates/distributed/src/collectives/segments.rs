use std::ops::Range;

/// How the elements are divided while they are summed.
///
/// 2ᴷ ranks, 2ᴷ the largest power of two that is not above their number, own elements in the end. In round k
/// neighbouring blocks of 2ᵏ ranks are added, and the elements that a rank owned are halved: then it owns
/// those of the owners that agree with it in the last k + 1 bits. So that these lie together, the owners'
/// elements lie in the order of their numbers read backwards, bit by bit.
pub(super) struct Segments {
    bits: u32,
    /// Where the elements of each owner begin, and where the last end.
    starts: Vec<usize>,
}

impl Segments {
    /// For `size` ranks, if the owner `rank` has `len(rank)` elements.
    pub(super) fn new(size: usize, len: impl Fn(usize) -> usize) -> Segments {
        let bits = size.ilog2();
        let mut starts = vec![0];
        for place in 0..1 << bits {
            starts.push(starts[place] + len(reversed(place, bits)));
        }
        Segments { bits, starts }
    }

    /// The owners in the order in which their elements lie.
    pub(super) fn owners(&self) -> impl Iterator<Item = usize> {
        let bits = self.bits;
        (0..1 << bits).map(move |place| reversed(place, bits))
    }

    /// What `rank` owns when blocks of 2ᵏ ranks are summed.
    pub(super) fn owned(&self, k: u32, rank: usize) -> Range<usize> {
        let place = reversed(rank, k);
        let width = self.bits - k;
        self.starts[place << width]..self.starts[(place + 1) << width]
    }

    /// What two ranks own after they have exchanged in round k.
    pub(super) fn halves<'a, T>(
        &self,
        x: &'a mut [T],
        k: u32,
        one: usize,
        other: usize,
    ) -> (&'a mut [T], &'a mut [T]) {
        let [one, other] = [one, other].map(|rank| self.owned(k + 1, rank));
        x.get_disjoint_mut([one, other]).map(|[one, other]| (one, other)).expect("each has its own")
    }
}

/// The last `bits` of `x`, backwards.
fn reversed(x: usize, bits: u32) -> usize {
    if bits == 0 { 0 } else { (x << (usize::BITS - bits)).reverse_bits() }
}

/// What a rank does in a round of a sum, on what it owns.
#[derive(Debug, PartialEq)]
pub(super) enum Round {
    /// Both blocks are whole: each gives half of what it owns to the other, and adds what it gets.
    Exchange { k: u32, partner: usize },
    /// The neighbouring block is cut short, and this rank adds what a rank of it gives.
    Take { k: u32, from: usize },
    /// This rank's block is cut short: it gives all that it owns to ranks of the neighbouring block.
    Give { k: u32, to: Vec<usize> },
}

/// The rounds of `rank` among `size`, in order. Backwards they give everyone the sum.
pub(super) fn rounds(rank: usize, size: usize) -> Vec<Round> {
    let mut rounds = Vec::new();
    for k in 0..size.next_power_of_two().ilog2() {
        let block = rank >> k;
        let right = (block | 1) << k; // where the right one of the two blocks begins
        if right >= size {
            continue; // no neighbour: it waits for the next round
        }
        if right + (1 << k) <= size {
            rounds.push(Round::Exchange { k, partner: rank ^ (1 << k) });
            continue;
        }
        // Of a block that is cut short, so many ranks own something.
        let owners = 1 << (size - right).ilog2();
        if rank < right {
            rounds.push(Round::Take { k, from: right + rank % owners });
        } else if rank < right + owners {
            let left = right - (1 << k);
            rounds.push(Round::Give { k, to: (left + rank % owners..right).step_by(owners).collect() });
        }
    }
    rounds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_owned_is_halved_in_each_round() {
        let segments = Segments::new(9, |_| 10);
        for rank in 0..8 {
            assert_eq!(segments.owned(0, rank), 0..80);
            for k in 0..3 {
                let (all, mine) = (segments.owned(k, rank), segments.owned(k + 1, rank));
                let theirs = segments.owned(k + 1, rank ^ (1 << k));
                assert_eq!(mine.len(), theirs.len());
                assert_eq!(mine.start.min(theirs.start)..mine.end.max(theirs.end), all);
                assert_ne!(mine, theirs);
            }
        }
        let owners: Vec<usize> = segments.owners().collect();
        assert_eq!(owners, [0, 4, 2, 6, 1, 5, 3, 7]);
        assert_eq!(segments.owned(3, 6), 30..40);
    }

    #[test]
    fn of_five_ranks_the_last_waits_for_the_sum_of_four() {
        assert_eq!(
            rounds(1, 5),
            [
                Round::Exchange { k: 0, partner: 0 },
                Round::Exchange { k: 1, partner: 3 },
                Round::Take { k: 2, from: 4 }
            ]
        );
        assert_eq!(rounds(4, 5), [Round::Give { k: 2, to: vec![0, 1, 2, 3] }]);
        assert_eq!(
            rounds(5, 7),
            [
                Round::Exchange { k: 0, partner: 4 },
                Round::Take { k: 1, from: 6 },
                Round::Give { k: 2, to: vec![1, 3] }
            ]
        );
        assert_eq!(rounds(0, 1), []);
    }
}
