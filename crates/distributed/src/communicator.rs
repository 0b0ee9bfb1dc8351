use std::fmt;
use std::time::Duration;

use crate::{Error, Result};

/// How long a call waits for another rank, unless something else is asked for.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(300);

/// One rank's connection to the others.
///
/// `size()` ranks compute together, each with its own communicator; `rank()` tells them apart. The engines,
/// [`Threads`](crate::Threads), [`Tcp`](crate::Tcp) and `Mpi`, carry messages from one rank to another, and
/// know nothing else: the collective operations ([`barrier`](#method.barrier),
/// [`broadcast`](#method.broadcast), [`gather`](#method.gather), [`all_gather`](#method.all_gather),
/// [`reduce_scatter`](#method.reduce_scatter), [`all_reduce`](#method.all_reduce)) are made of messages,
/// once for all engines, so what they give does not depend on the engine.
///
/// Programs hold an `Arc<dyn Communicator>`:
///
/// ```
/// use distributed::Threads;
///
/// let sums = Threads::run(4, |comm| {
///     let mut x = vec![comm.rank() as f32, 1.0];
///     comm.all_reduce(&mut x)?;
///     Ok::<_, distributed::Error>(x)
/// })?;
/// for x in sums {
///     assert_eq!(x?, [6.0, 4.0]);
/// }
/// # Ok::<(), distributed::Error>(())
/// ```
///
/// # The order of calls
///
/// Every rank makes the same collective calls in the same order, one after another. Where a rank makes
/// another call than the others, or brings another number of elements, they end with an error that says so.
///
/// # The order of sums
///
/// [`all_reduce`](#method.all_reduce) and [`reduce_scatter`](#method.reduce_scatter) add along one fixed
/// binary tree over the ranks: neighbours first, then neighbouring pairs, and so on; whoever has no neighbour
/// waits for the next round. Of 4 ranks the sum is (x₀ + x₁) + (x₂ + x₃); of 7 it is
/// ((x₀ + x₁) + (x₂ + x₃)) + ((x₄ + x₅) + x₆). Each element is added in this order, whatever the engine, the
/// number of elements, and the element's place among them. [`tree_sum`](crate::tree_sum) is the same sum in
/// one process.
///
/// # Errors
///
/// The first error on any rank ends all of them: the others are told, and from then on every call gives at
/// once the first [`Error`] that its rank met or was told. A call waits for each message for
/// [`timeout`](Communicator::timeout) at most.
pub trait Communicator: Send + Sync {
    /// This rank's number, from 0.
    fn rank(&self) -> usize;

    /// The number of ranks.
    fn size(&self) -> usize;

    /// How long a call waits for a message from another rank before it gives up.
    fn timeout(&self) -> Duration;

    /// Sends a message to another rank. It may return before the message has arrived: messages wait there,
    /// in the order in which they were sent, and two ranks that send to each other at once both go on.
    ///
    /// ```
    /// use distributed::Threads;
    ///
    /// let heard = Threads::run(2, |comm| match comm.rank() {
    ///     0 => comm.send(1, b"hello", comm.timeout().into()).map(|()| Vec::new()),
    ///     _ => comm.receive(0, comm.timeout().into()),
    /// })?;
    /// assert_eq!(heard[1].as_deref(), Ok(&b"hello"[..]));
    /// # Ok::<(), distributed::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the other rank does not take it within the time limit, or computing together has failed.
    ///
    /// # Panics
    /// If `to` is this rank or none.
    fn send(&self, to: usize, message: &[u8], within: Within) -> Result<()>;

    /// The next message from another rank, for which it waits.
    ///
    /// # Errors
    /// If none comes within the time limit, if it was sent in another operation, or if computing together
    /// has failed.
    ///
    /// # Panics
    /// If `from` is this rank or none.
    fn receive(&self, from: usize, within: Within) -> Result<Vec<u8>>;

    /// The next message from another rank, which has exactly as many bytes as `message`, where it is put. An
    /// engine that can receive it there without a copy does.
    ///
    /// ```
    /// use distributed::Threads;
    ///
    /// let heard = Threads::run(2, |comm| {
    ///     let mut message = [0; 5];
    ///     match comm.rank() {
    ///         0 => comm.send(1, b"hello", comm.timeout().into())?,
    ///         _ => comm.receive_into(0, &mut message, comm.timeout().into())?,
    ///     }
    ///     Ok::<_, distributed::Error>(message)
    /// })?;
    /// assert_eq!(heard[1], Ok(*b"hello"));
    /// # Ok::<(), distributed::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`receive`](Communicator::receive), and if the message has another length. What is in `message` is
    /// unspecified then.
    ///
    /// # Panics
    /// If `from` is this rank or none.
    fn receive_into(&self, from: usize, message: &mut [u8], within: Within) -> Result<()> {
        let received = self.receive(from, within)?;
        put_into(self, from, within, message, &received)
    }

    /// Sends a message to another rank, and receives the next one from it, as
    /// [`receive_into`](Communicator::receive_into) does. An engine that can do both at once does; otherwise
    /// it is the one and then the other.
    ///
    /// ```
    /// use distributed::Threads;
    ///
    /// let heard = Threads::run(2, |comm| {
    ///     let (mine, mut theirs) = ([comm.rank() as u8; 3], [9; 3]);
    ///     comm.exchange(1 - comm.rank(), &mine, &mut theirs, comm.timeout().into())?;
    ///     Ok::<_, distributed::Error>(theirs)
    /// })?;
    /// assert_eq!(heard, [Ok([1; 3]), Ok([0; 3])]);
    /// # Ok::<(), distributed::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`send`](Communicator::send) and [`receive_into`](Communicator::receive_into). What is in `theirs`
    /// is unspecified then.
    ///
    /// # Panics
    /// If `other` is this rank or none.
    fn exchange(&self, other: usize, mine: &[u8], theirs: &mut [u8], within: Within) -> Result<()> {
        self.send(other, mine, within)?;
        self.receive_into(other, theirs, within)
    }

    /// How many chunks of a sum are sent to another rank before the first one from it is waited for, the
    /// same on both: as many as are on their way at once, where a message takes long. Default none, for
    /// which the two chunks are an [`exchange`](Communicator::exchange).
    fn ahead(&self, other: usize) -> usize {
        let _ = other;
        0
    }

    /// Ends computing together, here and on all other ranks, for this reason, and gives the reason that all
    /// calls give from now on: the first one, if there was one before.
    ///
    /// ```
    /// use distributed::{Error, ErrorKind, Threads};
    ///
    /// let results = Threads::run(2, |comm| match comm.rank() {
    ///     0 => Err(comm.fail(Error::new(ErrorKind::Differs, 0, "rank 0 has another learning rate"))),
    ///     _ => comm.barrier(),
    /// })?;
    /// assert_eq!(results[0], results[1]);
    /// # Ok::<(), distributed::Error>(())
    /// ```
    fn fail(&self, error: Error) -> Error;
}

/// Puts what has been received where it belongs, if it has the same length.
pub(crate) fn put_into(
    comm: &(impl Communicator + ?Sized),
    from: usize,
    within: Within,
    message: &mut [u8],
    received: &[u8],
) -> Result<()> {
    let (came, due) = (received.len(), message.len());
    if came != due {
        return Err(comm.fail(Error::other_length(from, within.operation, comm.rank(), came, due)));
    }
    message.copy_from_slice(received);
    Ok(())
}

/// Ends the caller if `rank` is not another rank.
#[track_caller]
pub(crate) fn assert_other(comm: &dyn Communicator, what: &str, rank: usize) {
    assert_rank(comm, what, rank);
    assert!(rank != comm.rank(), "{what}: rank {rank} is this rank itself");
}

/// Ends the caller if there is no such rank.
#[track_caller]
pub(crate) fn assert_rank(comm: &dyn Communicator, what: &str, rank: usize) {
    assert!(rank < comm.size(), "{what}: there is no rank {rank} among {}", comm.size());
}

/// What a message belongs to, and how long to wait for it.
///
/// A message that a user sends is of [`Operation::Send`], which a time limit alone stands for:
/// `comm.timeout().into()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Within {
    /// The operation: a message sent in one is never taken for one of another.
    pub operation: Operation,
    /// The time limit.
    pub limit: Duration,
}

impl From<Duration> for Within {
    fn from(limit: Duration) -> Within {
        Within { operation: Operation::Send, limit }
    }
}

/// The list of operations; an operation's number in messages is its place in it.
macro_rules! operations {
    ($($(#[$doc:meta])* $operation:ident = $name:literal),* $(,)?) => {
        /// What a message is part of; prints as the method is called.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Operation {
            $($(#[$doc])* $operation,)*
        }

        impl Operation {
            /// All of them.
            pub const ALL: &[Operation] = &[$(Operation::$operation),*];

            /// The name of its method.
            pub fn name(self) -> &'static str {
                match self {
                    $(Operation::$operation => $name,)*
                }
            }
        }
    };
}

operations! {
    /// A single message.
    Send = "send",
    /// Waiting for each other.
    Barrier = "barrier",
    /// One rank's value for all.
    Broadcast = "broadcast",
    /// Everyone's value for one rank.
    Gather = "gather",
    /// Everyone's value for everyone.
    AllGather = "all_gather",
    /// A part of the sum for each rank.
    ReduceScatter = "reduce_scatter",
    /// The sum for everyone.
    AllReduce = "all_reduce",
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
