//! Many threads, many machines, the same numbers.
//!
//! Ranks compute together by way of a [`Communicator`]: they wait for each other, broadcast, gather and sum.
//! What carries their messages is an engine: [`Threads`] of one process, without any set-up, or processes of
//! one or many machines over [`Tcp`], started by `torchrun --no-python` or a loop in a shell. With the
//! feature `mpi` there is `Mpi` beside them: processes that `mpirun` starts.
//!
//! ```
//! use distributed::Threads;
//! use tensor::Tensor;
//!
//! let means = Threads::run(4, |comm| {
//!     let mut x = Tensor::from([comm.rank() as f32, 1e8, -1e8]);
//!     comm.all_reduce(&mut x)?; // the sum over the ranks
//!     Ok::<_, distributed::Error>(x / comm.size() as f64)
//! })?;
//! for mean in means {
//!     assert_eq!(mean?.to_vec::<f32>(), [1.5, 1e8, -1e8]);
//! }
//! # Ok::<(), distributed::Error>(())
//! ```
//!
//! [`DataParallel`] trains one net on all ranks.
//!
//! Two things can be relied on. *Sums are the same to the last bit* whatever the engine, the machine's load
//! or the chance of who comes first: they are added along one fixed tree over the ranks, which
//! [`Communicator`] describes. And *nothing hangs for ever*: a rank that dies, stops, hangs or does something
//! else than the others ends all of them within a time limit, with an [`Error`] that names the rank and the
//! reason.
#![forbid(unsafe_code)]

mod collectives;
mod communicator;
mod data_parallel;
mod error;
mod inbox;
mod meeting;
#[cfg(feature = "mpi")]
mod mpi;
mod payload;
mod sync_batch_norm;
mod tcp;
mod threads;
mod tree;
mod zero;

#[cfg(feature = "mpi")]
pub use self::mpi::{Mpi, MpiOptions};
pub use collectives::{Addends, Floats};
pub use communicator::{Communicator, DEFAULT_TIMEOUT, Operation, Within};
pub use data_parallel::{Batch, DataParallel, DataParallelOptions, Samples, ShardLoss};
pub use error::{Error, ErrorKind, Result};
pub use payload::Payload;
pub use sync_batch_norm::SyncBatchNorm;
pub use tcp::{Tcp, TcpOptions};
pub use threads::Threads;
pub use tree::{part, tree_sum};
pub use zero::ZeroRedundancyOptimizer;
