//! How the numbers of a sum travel: in chunks, which stay in a processor's cache on the way.

use std::ops::Range;

use tensor::Float;

use crate::{Communicator, Error, Result, Within};

/// The bytes of a chunk: enough to make its message cheap, and few enough to stay in a processor's cache on
/// the way.
const CHUNK: usize = 256 << 10;

/// What one sum sends and receives.
pub(crate) struct Chunks<'a, T> {
    comm: &'a dyn Communicator,
    within: Within,
    /// Where numbers to be added arrive.
    arrived: Vec<T>,
}

impl<'a, T: Float> Chunks<'a, T> {
    pub(crate) fn new(comm: &'a dyn Communicator, within: Within) -> Chunks<'a, T> {
        Chunks { comm, within, arrived: Vec::new() }
    }

    /// How many chunks so many numbers are.
    pub(crate) fn count(len: usize) -> usize {
        len.div_ceil(CHUNK / size_of::<T>())
    }

    /// The `i`-th chunk of a range of numbers, if there is one.
    pub(crate) fn range(all: Range<usize>, i: usize) -> Option<Range<usize>> {
        let most = CHUNK / size_of::<T>();
        let begin = all.start + i * most;
        (begin < all.end).then(|| begin..all.end.min(begin + most))
    }

    /// Sends a list of numbers, unless there are none.
    pub(super) fn give(&mut self, to: usize, x: &[T]) -> Result<()> {
        self.announce(to, x.len())?;
        (0..Self::count(x.len())).try_for_each(|i| self.send(to, x, i))
    }

    /// Receives as many numbers as are here.
    pub(super) fn take(&mut self, from: usize, x: &mut [T]) -> Result<()> {
        self.expect(from, x.len())?;
        (0..Self::count(x.len())).try_for_each(|i| self.receive(from, x, i))
    }

    /// Receives as many numbers as are here, and adds them.
    pub(super) fn add(&mut self, from: usize, x: &mut [T]) -> Result<()> {
        self.expect(from, x.len())?;
        (0..Self::count(x.len())).try_for_each(|i| self.exchange_and_add(from, &[], None, x, Some(i)))
    }

    /// Gives what the other one is to own, and adds what it gives of what this rank is to own.
    pub(super) fn halve(&mut self, other: usize, theirs: &[T], mine: &mut [T]) -> Result<()> {
        self.both_announce(other, theirs.len(), mine.len())?;
        let ahead = self.comm.ahead(other);
        for i in 0..Self::most(theirs, mine) + ahead {
            self.exchange_and_add(other, theirs, Some(i), mine, i.checked_sub(ahead))?;
        }
        Ok(())
    }

    /// As [`halve`](Chunks::halve) and then [`double`](Chunks::double), with sums that leave as soon as they
    /// are there.
    pub(super) fn halve_and_double(&mut self, other: usize, theirs: &mut [T], mine: &mut [T]) -> Result<()> {
        self.both_announce(other, theirs.len(), mine.len())?;
        let ahead = self.comm.ahead(other);
        for i in 0..Self::most(theirs, mine) + 2 * ahead {
            let summed = i.checked_sub(ahead);
            self.exchange_and_add(other, theirs, Some(i), mine, summed)?;
            self.exchange(other, mine, summed, theirs, i.checked_sub(2 * ahead))?;
        }
        Ok(())
    }

    /// Gives the sums that this rank has, and takes those of the other one.
    pub(super) fn double(&mut self, other: usize, theirs: &mut [T], mine: &[T]) -> Result<()> {
        self.both_announce(other, mine.len(), theirs.len())?;
        let ahead = self.comm.ahead(other);
        for i in 0..Self::most(theirs, mine) + ahead {
            self.exchange(other, mine, Some(i), theirs, i.checked_sub(ahead))?;
        }
        Ok(())
    }

    /// The number of chunks of the longer list.
    fn most(x: &[T], y: &[T]) -> usize {
        Self::count(x.len().max(y.len()))
    }

    fn both_announce(&self, other: usize, given: usize, taken: usize) -> Result<()> {
        self.announce(other, given)?;
        self.expect(other, taken)
    }

    /// Tells how many numbers will come, if they come in several chunks: otherwise ranks that differ by whole
    /// chunks would take one for another.
    pub(crate) fn announce(&self, to: usize, len: usize) -> Result<()> {
        if Self::count(len) < 2 {
            return Ok(());
        }
        let bytes = (len * size_of::<T>()) as u64;
        self.comm.send(to, &bytes.to_le_bytes(), self.within)
    }

    /// Sees to it that so many numbers will come.
    pub(crate) fn expect(&self, from: usize, len: usize) -> Result<()> {
        if Self::count(len) < 2 {
            return Ok(());
        }
        let message = self.comm.receive(from, self.within)?;
        let announced = <[u8; 8]>::try_from(&message[..]).map(u64::from_le_bytes);
        let came = announced.map_or(message.len(), |bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
        if announced.is_ok() && came == len * size_of::<T>() {
            return Ok(());
        }
        let rank = self.comm.rank();
        Err(self.comm.fail(Error::other_length(
            from,
            self.within.operation,
            rank,
            came,
            len * size_of::<T>(),
        )))
    }

    /// Sends the `i`-th chunk, if there is one.
    pub(crate) fn send(&self, to: usize, x: &[T], i: usize) -> Result<()> {
        let Some(range) = Self::range(0..x.len(), i) else { return Ok(()) };
        self.comm.send(to, bytemuck::cast_slice(&x[range]), self.within)
    }

    /// Receives the `i`-th chunk, if there is one.
    pub(crate) fn receive(&self, from: usize, x: &mut [T], i: usize) -> Result<()> {
        let Some(range) = Self::range(0..x.len(), i) else { return Ok(()) };
        self.receive_one(from, &mut x[range])
    }

    /// Receives a message of as many numbers as are here.
    pub(crate) fn receive_one(&self, from: usize, x: &mut [T]) -> Result<()> {
        self.comm.receive_into(from, bytemuck::cast_slice_mut(x), self.within)
    }

    /// Gives a chunk of one list, and takes one of the other, as far as there are such.
    fn exchange(
        &self,
        other: usize,
        given: &[T],
        give: Option<usize>,
        taken: &mut [T],
        take: Option<usize>,
    ) -> Result<()> {
        let give = give.and_then(|i| Self::range(0..given.len(), i));
        let take = take.and_then(|i| Self::range(0..taken.len(), i));
        match (give.map(|give| &given[give]), take.map(|take| &mut taken[take])) {
            (Some(give), Some(take)) => {
                let (give, take) = (bytemuck::cast_slice(give), bytemuck::cast_slice_mut(take));
                self.comm.exchange(other, give, take, self.within)
            }
            (Some(give), None) => self.comm.send(other, bytemuck::cast_slice(give), self.within),
            (None, Some(take)) => self.receive_one(other, take),
            (None, None) => Ok(()),
        }
    }

    /// The same, and adds what it takes.
    fn exchange_and_add(
        &mut self,
        other: usize,
        given: &[T],
        give: Option<usize>,
        x: &mut [T],
        take: Option<usize>,
    ) -> Result<()> {
        let range = take.and_then(|i| Self::range(0..x.len(), i)).unwrap_or_default();
        let mut arrived = std::mem::take(&mut self.arrived);
        arrived.resize(range.len(), T::ZERO);
        self.exchange(other, given, give, &mut arrived, (!range.is_empty()).then_some(0))?;
        x[range].iter_mut().zip(&arrived).for_each(|(x, number)| *x += *number);
        self.arrived = arrived;
        Ok(())
    }
}
