//! Sums. Their order is the one of [`tree_sum`](crate::tree_sum): in round k, blocks of 2ᵏ ranks.

use tensor::{Float, Tensor};

use super::segments::{Round, Segments, rounds};
use super::{Addends, Chunks, Floats};
use crate::{Communicator, Operation, Result, part};

impl dyn Communicator + '_ {
    /// Replaces the numbers, on every rank, by their sums over the ranks, added in the
    /// [fixed order](trait.Communicator.html#the-order-of-sums).
    ///
    /// Each rank sends and receives at most twice the numbers, in 2⌈log₂ size⌉ rounds: distances double while
    /// the numbers are added and halved, and halve while the sums are handed back.
    ///
    /// ```
    /// use distributed::{Threads, tree_sum};
    ///
    /// let x = [1e8f32, 1.0, -1e8, 1.0];
    /// let sums = Threads::run(4, |comm| {
    ///     let mut sum = [x[comm.rank()]];
    ///     comm.all_reduce(&mut sum[..])?;
    ///     Ok::<_, distributed::Error>(sum[0])
    /// })?;
    /// for sum in sums {
    ///     assert_eq!(sum?, tree_sum(&x));
    /// }
    /// # Ok::<(), distributed::Error>(())
    /// ```
    ///
    /// # Errors
    /// As every call: see [`Communicator`](trait.Communicator.html#errors). The numbers are unspecified then.
    ///
    /// # Panics
    /// If it is a tensor of anything but `F32` and `F64`.
    #[track_caller]
    pub fn all_reduce(&self, x: &mut (impl Addends + ?Sized)) -> Result<()> {
        match x.floats() {
            Floats::F32(x) => self.sum_of(x),
            Floats::F64(x) => self.sum_of(x),
        }
    }

    /// [`all_reduce`](#method.all_reduce) of one type.
    pub(crate) fn sum_of<T: Float>(&self, x: &mut [T]) -> Result<()> {
        let owners = 1 << self.size().ilog2();
        let segments = Segments::new(self.size(), |rank| part(x.len(), owners, rank).len());
        Sum::new(self, Operation::AllReduce, segments).everywhere(x)
    }

    /// This rank's part of the sum over the ranks, added in the
    /// [fixed order](trait.Communicator.html#the-order-of-sums): the numbers of `part(x.len(), size, rank)`.
    ///
    /// ```
    /// use distributed::Threads;
    ///
    /// let parts = Threads::run(2, |comm| comm.reduce_scatter(&[1.0f64, 2.0, 3.0]))?;
    /// assert_eq!(parts, [Ok(vec![2.0]), Ok(vec![4.0, 6.0])]);
    /// # Ok::<(), distributed::Error>(())
    /// ```
    ///
    /// # Errors
    /// As every call: see [`Communicator`](trait.Communicator.html#errors).
    pub fn reduce_scatter<T: Float>(&self, x: &[T]) -> Result<Vec<T>> {
        self.rows_of_sum(x, 1)
    }

    /// This rank's rows of the sum over the ranks: those of `part(rows, size, rank)`, the first axis being
    /// that of the rows. As `torch.distributed.reduce_scatter_tensor`, which wants as many rows for each.
    ///
    /// # Errors
    /// As every call: see [`Communicator`](trait.Communicator.html#errors).
    ///
    /// # Panics
    /// If it is a tensor of anything but `F32` and `F64`, or has no axes.
    #[track_caller]
    pub fn reduce_scatter_tensor(&self, x: &Tensor) -> Result<Tensor> {
        let rows = x.size(0);
        let mut shape = x.shape().to_vec();
        shape[0] = part(rows, self.size(), self.rank()).len();
        let row = shape[1..].iter().product();
        let mut x = x.contiguous();
        Ok(match x.floats() {
            Floats::F32(x) => Tensor::from_vec(self.rows_of_sum(x, row)?, shape),
            Floats::F64(x) => Tensor::from_vec(self.rows_of_sum(x, row)?, shape),
        })
    }

    /// This rank's part of the sum, of rows of so many numbers.
    fn rows_of_sum<T: Float>(&self, x: &[T], row: usize) -> Result<Vec<T>> {
        let (rank, size) = (self.rank(), self.size());
        let owners = 1 << size.ilog2();
        // An owner sums its own part and, where there are more ranks than owners, that of one of them.
        let parts = |owner: usize| [owner, owner + owners].into_iter().filter(|rank| *rank < size);
        let numbers = |rank: usize| {
            let rows = part(x.len().checked_div(row).unwrap_or(0), size, rank);
            rows.start * row..rows.end * row
        };
        let segments = Segments::new(size, |owner| parts(owner).map(|rank| numbers(rank).len()).sum());
        let order = segments.owners().flat_map(parts);
        let mut work: Vec<T> = order.flat_map(|rank| &x[numbers(rank)]).copied().collect();
        let mut sum = Sum::new(self, Operation::ReduceScatter, segments);
        sum.gather(&mut work)?;
        let mine = numbers(rank).len();
        if rank >= owners {
            let mut part = vec![T::ZERO; mine];
            sum.chunks.take(rank - owners, &mut part)?;
            return Ok(part);
        }
        let owned = &work[sum.segments.owned(size.ilog2(), rank)];
        let (part, other) = owned.split_at(mine);
        if rank + owners < size {
            sum.chunks.give(rank + owners, other)?;
        }
        Ok(part.to_vec())
    }
}

/// One sum over the ranks.
struct Sum<'a, T> {
    rounds: Vec<Round>,
    rank: usize,
    segments: Segments,
    chunks: Chunks<'a, T>,
}

impl<'a, T: Float> Sum<'a, T> {
    fn new(comm: &'a (dyn Communicator + 'a), operation: Operation, segments: Segments) -> Sum<'a, T> {
        let rank = comm.rank();
        let chunks = Chunks::new(comm, comm.within(operation));
        Sum { rounds: rounds(rank, comm.size()), rank, segments, chunks }
    }

    /// Adds, so that everyone has all sums.
    fn everywhere(mut self, x: &mut [T]) -> Result<()> {
        // Where the last round of adding is an exchange, it is one with the first round of giving back.
        let middle = match self.rounds.last() {
            Some(Round::Exchange { .. }) => self.rounds.pop(),
            _ => None,
        };
        self.gather(x)?;
        if let Some(Round::Exchange { k, partner }) = middle {
            let (theirs, mine) = self.segments.halves(x, k, partner, self.rank);
            self.chunks.halve_and_double(partner, theirs, mine)?;
        }
        self.spread(x)
    }

    /// Adds, so that every owner has the sums of what it owns.
    fn gather(&mut self, x: &mut [T]) -> Result<()> {
        for round in &self.rounds {
            match *round {
                Round::Exchange { k, partner } => {
                    let (theirs, mine) = self.segments.halves(x, k, partner, self.rank);
                    self.chunks.halve(partner, theirs, mine)?;
                }
                Round::Take { k, from } => {
                    self.chunks.add(from, &mut x[self.segments.owned(k, self.rank)])?
                }
                Round::Give { k, ref to } => {
                    for &to in to {
                        self.chunks.give(to, &x[self.segments.owned(k, to)])?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Gives everyone the sums that the owners have: the same rounds backwards, and each message the other
    /// way.
    fn spread(&mut self, x: &mut [T]) -> Result<()> {
        for round in self.rounds.iter().rev() {
            match *round {
                Round::Exchange { k, partner } => {
                    let (theirs, mine) = self.segments.halves(x, k, partner, self.rank);
                    self.chunks.double(partner, theirs, mine)?;
                }
                Round::Take { k, from } => self.chunks.give(from, &x[self.segments.owned(k, self.rank)])?,
                Round::Give { k, ref to } => {
                    for &from in to {
                        self.chunks.take(from, &mut x[self.segments.owned(k, from)])?;
                    }
                }
            }
        }
        Ok(())
    }
}
