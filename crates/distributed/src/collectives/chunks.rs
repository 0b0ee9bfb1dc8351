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
        (0..Self::count(x.len())).try_for_each(|i| self.receive_and_add(from, x, i))
    }

    /// Gives what the other one is to own, and adds what it gives of what this rank is to own.
    pub(super) fn halve(&mut self, other: usize, theirs: &[T], mine: &mut [T]) -> Result<()> {
        self.both_announce(other, theirs.len(), mine.len())?;
        for i in 0..Self::count(theirs.len()).max(Self::count(mine.len())) {
            self.exchange_and_add(other, theirs, mine, i)?;
        }
        Ok(())
    }

    /// As [`halve`](Chunks::halve) and then [`double`](Chunks::double), with sums that leave as soon as they
    /// are there.
    pub(super) fn halve_and_double(&mut self, other: usize, theirs: &mut [T], mine: &mut [T]) -> Result<()> {
        self.both_announce(other, theirs.len(), mine.len())?;
        for i in 0..Self::count(theirs.len()).max(Self::count(mine.len())) {
            self.exchange_and_add(other, theirs, mine, i)?;
            self.exchange(other, mine, theirs, i)?;
        }
        Ok(())
    }

    /// Gives the sums that this rank has, and takes those of the other one.
    pub(super) fn double(&mut self, other: usize, theirs: &mut [T], mine: &[T]) -> Result<()> {
        self.both_announce(other, mine.len(), theirs.len())?;
        (0..Self::count(theirs.len()).max(Self::count(mine.len())))
            .try_for_each(|i| self.exchange(other, mine, theirs, i))
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

    /// Gives the `i`-th chunk of one list, and takes that of the other, as far as there are such.
    fn exchange(&self, other: usize, given: &[T], taken: &mut [T], i: usize) -> Result<()> {
        match (Self::range(0..given.len(), i), Self::range(0..taken.len(), i)) {
            (Some(give), Some(take)) => self.exchange_one(other, &given[give], &mut taken[take]),
            _ => {
                self.send(other, given, i)?;
                self.receive(other, taken, i)
            }
        }
    }

    fn exchange_one(&self, other: usize, given: &[T], taken: &mut [T]) -> Result<()> {
        let (give, take) = (bytemuck::cast_slice(given), bytemuck::cast_slice_mut(taken));
        self.comm.exchange(other, give, take, self.within)
    }

    /// The same, and adds what it takes.
    fn exchange_and_add(&mut self, other: usize, given: &[T], x: &mut [T], i: usize) -> Result<()> {
        match (Self::range(0..given.len(), i), Self::range(0..x.len(), i)) {
            (Some(give), Some(take)) => {
                let mut arrived = self.room(take.len());
                self.exchange_one(other, &given[give], &mut arrived)?;
                self.add_arrived(&mut x[take], arrived);
                Ok(())
            }
            _ => {
                self.send(other, given, i)?;
                self.receive_and_add(other, x, i)
            }
        }
    }

    fn receive_and_add(&mut self, from: usize, x: &mut [T], i: usize) -> Result<()> {
        let Some(range) = Self::range(0..x.len(), i) else { return Ok(()) };
        let mut arrived = self.room(range.len());
        self.receive_one(from, &mut arrived)?;
        self.add_arrived(&mut x[range], arrived);
        Ok(())
    }

    /// Where so many numbers may arrive.
    fn room(&mut self, len: usize) -> Vec<T> {
        let mut arrived = std::mem::take(&mut self.arrived);
        arrived.resize(len, T::ZERO);
        arrived
    }

    fn add_arrived(&mut self, x: &mut [T], arrived: Vec<T>) {
        x.iter_mut().zip(&arrived).for_each(|(x, number)| *x += *number);
        self.arrived = arrived;
    }
}
