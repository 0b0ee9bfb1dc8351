//! Ranks that `mpirun` starts.

mod keeper;
mod rank;
mod tag;
mod transfer;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use crate::{Communicator, DEFAULT_TIMEOUT, Result};

/// The engine whose ranks are processes of an MPI library: Open MPI, MPICH and their kin. Feature `mpi`.
///
/// A program calls [`Mpi::world`], is built with `--features mpi`, and is started by `mpirun -n 4 …` or
/// `srun --mpi=pmix …`. Started without them it is a world of one rank. Building it needs the MPI library
/// with its header files, and libclang.
///
/// Only messages from rank to rank are MPI's. Sums are ours, made of them as for the other engines, so they
/// have the same bits; an MPI library's own sum does not promise an order. MPI is asked for the thread level
/// `MPI_THREAD_SERIALIZED`: any thread may communicate, and one at a time does.
///
/// # What it takes
///
/// - MPI begins once in a process, and ends when the communicator is dropped. There is no second one, neither
///   at the same time nor later.
/// - The world communicator is this engine's while it lives: a program that uses MPI itself as well sends
///   nothing there.
/// - A message of more than 2 KiB is taken when the other rank makes a call of its communicator, which any
///   rank does that waits for anything, and `send` waits for that. MPI has no thread of its own that would
///   take it before.
/// - Whoever waits gives the processor away after a moment, so there may be more ranks than processors.
///
/// # When something goes wrong
///
/// - A rank whose process ends before its time, be it by a signal, is MPI's affair: `mpirun` says which one
///   it was, and kills the others. So does `srun` if it has `--kill-on-bad-exit`; without it the others'
///   time limit ends them.
/// - One that does not do what the others wait for is named when the [`timeout`](MpiOptions::timeout) of a
///   call has passed.
/// - A message that is on its way into this process's memory cannot be called back. If a rank is stopped, or
///   its machine is lost, in the middle of one, the time limit prints the reason and ends all ranks by
///   `MPI_Abort`.
/// - When the communicator is dropped, the others are told that this rank has left, and it waits for them to
///   do the same, as every MPI program does at its end. After a failure it waits two seconds for them, and
///   then leaves MPI as it is: `mpirun` sees the process end without having said goodbye, kills those that
///   are still there, and fails.
/// - A program that ends by `std::process::exit` should drop the communicator before; `mpirun` takes it for
///   failed otherwise.
/// - What MPI itself finds wrong it prints itself, and ends the process.
#[derive(Debug)]
pub struct Mpi;

/// The options of [`Mpi`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MpiOptions {
    /// How long a call waits for another rank. Default [`DEFAULT_TIMEOUT`].
    pub timeout: Duration,
}

impl Default for MpiOptions {
    fn default() -> MpiOptions {
        MpiOptions { timeout: DEFAULT_TIMEOUT }
    }
}

impl Mpi {
    /// All ranks that were started together, with the usual time limit.
    ///
    /// ```
    /// use distributed::Mpi;
    ///
    /// let comm = Mpi::world()?; // of this one process, unless it was started by mpirun
    /// let mut x = vec![comm.rank() as f32 + 1.0];
    /// comm.all_reduce(&mut x)?;
    /// let ranks = comm.size() as f32;
    /// assert_eq!(x, [ranks * (ranks + 1.0) / 2.0]);
    /// # Ok::<(), distributed::Error>(())
    /// ```
    ///
    /// # Errors
    /// If MPI was begun before in this process, or does not let several threads use it.
    pub fn world() -> Result<Arc<dyn Communicator>> {
        Mpi::with(MpiOptions::default())
    }

    /// The same with options.
    ///
    /// ```
    /// use distributed::{ErrorKind, Mpi, MpiOptions};
    /// use std::time::Duration;
    ///
    /// let comm = Mpi::with(MpiOptions { timeout: Duration::from_secs(60) })?;
    /// assert_eq!(comm.timeout().as_secs(), 60);
    /// let second = Mpi::world().err().expect("there is one already");
    /// assert_eq!(second.kind(), ErrorKind::Setup);
    /// # Ok::<(), distributed::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Mpi::world`].
    pub fn with(options: MpiOptions) -> Result<Arc<dyn Communicator>> {
        Ok(Arc::new(rank::Rank::new(options)?))
    }
}
