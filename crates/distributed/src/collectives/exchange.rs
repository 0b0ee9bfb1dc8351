//! Operations that move values as they are.

use crate::communicator::assert_rank;
use crate::{Communicator, Error, Operation, Payload, Result, Within};

impl dyn Communicator + '_ {
    /// Waits until every rank has come here.
    ///
    /// In round k a rank tells the one 2ᵏ further on, and waits for the one 2ᵏ before it: ⌈log₂ size⌉ rounds.
    ///
    /// # Errors
    /// As every call: see [`Communicator`](trait.Communicator.html#errors).
    pub fn barrier(&self) -> Result<()> {
        let (rank, size) = (self.rank(), self.size());
        let within = self.within(Operation::Barrier);
        let mut distance = 1;
        while distance < size {
            self.send((rank + distance) % size, &[], within)?;
            self.receive((rank + size - distance) % size, within)?;
            distance *= 2;
        }
        Ok(())
    }

    /// Gives `root`'s value to all; what the others had is replaced, whatever its size.
    ///
    /// It travels along a tree, so that `root` sends it ⌈log₂ size⌉ times. `root` does not wait for the
    /// others: a rank that broadcasts much faster than others take it fills their memory.
    ///
    /// ```
    /// use distributed::Threads;
    /// use tensor::Tensor;
    ///
    /// let all = Threads::run(3, |comm| {
    ///     let mut x = if comm.rank() == 1 { Tensor::from([1i64, 2]) } else { tensor::zeros(0) };
    ///     comm.broadcast(1, &mut x)?;
    ///     Ok::<_, distributed::Error>(x.to_vec::<i64>())
    /// })?;
    /// for x in all {
    ///     assert_eq!(x?, [1, 2]);
    /// }
    /// # Ok::<(), distributed::Error>(())
    /// ```
    ///
    /// # Errors
    /// As every call: see [`Communicator`](trait.Communicator.html#errors).
    ///
    /// # Panics
    /// If there is no rank `root`.
    #[track_caller]
    pub fn broadcast<P: Payload>(&self, root: usize, value: &mut P) -> Result<()> {
        assert_rank(self, "broadcast", root);
        let size = self.size();
        let within = self.within(Operation::Broadcast);
        // Counted from the root, a rank hears from the one without its lowest 1, and tells those that have
        // one more 1 below it, the farthest first.
        let place = (self.rank() + size - root) % size;
        let lowest = if place == 0 { size.next_power_of_two() } else { place & place.wrapping_neg() };
        let received = match place {
            0 => None,
            _ => Some(self.receive((place - lowest + root) % size, within)?),
        };
        let message = match &received {
            Some(message) => message,
            None => &*value.to_message(),
        };
        let mut distance = lowest / 2;
        while distance > 0 {
            if place + distance < size {
                self.send((place + distance + root) % size, message, within)?;
            }
            distance /= 2;
        }
        if let Some(message) = received {
            *value = self.understand(root, &message, within)?;
        }
        Ok(())
    }

    /// Gives everyone's value to `root`, in the order of ranks; the others get `None`. The values may differ
    /// in size.
    ///
    /// # Errors
    /// As every call: see [`Communicator`](trait.Communicator.html#errors).
    ///
    /// # Panics
    /// If there is no rank `root`.
    #[track_caller]
    pub fn gather<P: Payload + Clone>(&self, root: usize, value: &P) -> Result<Option<Vec<P>>> {
        assert_rank(self, "gather", root);
        let within = self.within(Operation::Gather);
        if self.rank() != root {
            self.send(root, &value.to_message(), within)?;
            return Ok(None);
        }
        let mut all = Vec::with_capacity(self.size());
        for rank in 0..self.size() {
            all.push(match rank == root {
                true => value.clone(),
                false => self.understand(rank, &self.receive(rank, within)?, within)?,
            });
        }
        Ok(Some(all))
    }

    /// Gives everyone's value to everyone, in the order of ranks. The values may differ in size.
    ///
    /// Each rank sends its value to all others, first to the next one, so that nobody is sent to by all at
    /// once.
    ///
    /// ```
    /// use distributed::Threads;
    ///
    /// let all = Threads::run(3, |comm| comm.all_gather(&vec![1.5f32; comm.rank()]))?;
    /// for lists in all {
    ///     assert_eq!(lists?, [vec![], vec![1.5], vec![1.5, 1.5]]);
    /// }
    /// # Ok::<(), distributed::Error>(())
    /// ```
    ///
    /// # Errors
    /// As every call: see [`Communicator`](trait.Communicator.html#errors).
    pub fn all_gather<P: Payload + Clone>(&self, value: &P) -> Result<Vec<P>> {
        let (rank, size) = (self.rank(), self.size());
        let within = self.within(Operation::AllGather);
        let message = value.to_message();
        let mut all: Vec<Option<P>> = (0..size).map(|_| None).collect();
        all[rank] = Some(value.clone());
        for distance in 1..size {
            let from = (rank + size - distance) % size;
            self.send((rank + distance) % size, &message, within)?;
            all[from] = Some(self.understand(from, &self.receive(from, within)?, within)?);
        }
        Ok(all.into_iter().map(|value| value.expect("one from each rank")).collect())
    }

    /// A message of this operation, with the usual time limit.
    pub(super) fn within(&self, operation: Operation) -> Within {
        Within { operation, limit: self.timeout() }
    }

    /// The value that `rank` sent.
    fn understand<P: Payload>(&self, rank: usize, message: &[u8], within: Within) -> Result<P> {
        P::from_message(message).ok_or_else(|| {
            let how = format_args!(
                "sends {} bytes in {} that are not what rank {} takes there",
                message.len(),
                within.operation,
                self.rank()
            );
            self.fail(Error::differs(rank, how))
        })
    }
}
