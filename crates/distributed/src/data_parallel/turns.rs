//! The shards of a rank when they have to wait for each other and for those of other ranks: one at a time
//! computes, and where they meet the next one takes its turn.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use tensor::Tensor;

use super::handles::{Handles, State};
use super::worker::Jobs;
use crate::meeting::{Gather, Meeting};
use crate::{Communicator, Error, Operation, Payload, Result, Within, part};

/// All shards that have samples, this rank's and the others'.
pub(super) struct Turns {
    handles: Arc<Handles>,
    jobs: Jobs,
    /// The ranks that have such shards.
    ranks: Vec<usize>,
    /// How many of them this rank has.
    count: usize,
    inner: Mutex<Inner>,
    changed: Condvar,
}

#[derive(Default)]
struct Inner {
    /// Whose turn it is.
    turn: usize,
    /// What those before it have brought to where they meet now.
    brought: Vec<Tensor>,
    /// What came of the last time.
    all: Option<Result<Vec<Tensor>>>,
    /// How many have come to their end.
    ended: usize,
    failed: bool,
}

/// What a shard panics with when another one has.
struct Stopped;

impl Turns {
    /// The shards of a batch of so many samples.
    pub(super) fn new(
        handles: Arc<Handles>,
        jobs: Jobs,
        comm: &dyn Communicator,
        shards: usize,
        samples: usize,
    ) -> Arc<Turns> {
        let full = |rank: usize| {
            let own = part(shards, comm.size(), rank);
            own.filter(|shard| !part(samples, shards, *shard).is_empty()).count()
        };
        let ranks = (0..comm.size()).filter(|rank| full(*rank) > 0).collect();
        let (inner, changed) = (Mutex::default(), Condvar::new());
        Arc::new(Turns { handles, jobs, ranks, count: full(comm.rank()), inner, changed })
    }

    /// Calls `shard` with the place of each of this rank's shards that have samples, from the state where it
    /// begins, and gives each result with the state where it ends.
    pub(super) fn run<R: Send>(
        self: &Arc<Turns>,
        begins: Vec<State>,
        shard: impl Fn(usize) -> R + Sync,
    ) -> Vec<(R, State)> {
        let one = |place: usize, begin: State| {
            catch_unwind(AssertUnwindSafe(|| {
                drop(self.wait(self.inner(), place));
                self.handles.set_state(begin);
                let result = Meeting::new(self.clone(), place).run(|| shard(place));
                let end = self.handles.state();
                self.end(place);
                (result, end)
            }))
            .inspect_err(|_| self.fail())
        };
        let mut results = Vec::new();
        let mut panic = None;
        std::thread::scope(|scope| {
            let one = &one;
            let spawn = |(place, begin)| scope.spawn(move || one(place, begin));
            for thread in begins.into_iter().enumerate().map(spawn).collect::<Vec<_>>() {
                match thread.join().expect("its panics are caught") {
                    Ok(result) => results.push(result),
                    Err(other) if other.is::<Stopped>() => {}
                    Err(first) => panic = panic.take().or(Some(first)),
                }
            }
        });
        panic.map_or(results, |panic| resume_unwind(panic))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a shard's turn.
    fn wait<'a>(&'a self, mut inner: MutexGuard<'a, Inner>, place: usize) -> MutexGuard<'a, Inner> {
        while inner.turn != place && !inner.failed {
            inner = self.changed.wait(inner).unwrap_or_else(PoisonError::into_inner);
        }
        if inner.failed {
            drop(inner);
            resume_unwind(Box::new(Stopped));
        }
        inner
    }

    fn end(&self, place: usize) {
        let mut inner = self.inner();
        assert!(inner.brought.is_empty(), "{UNEVEN}");
        inner.ended += 1;
        inner.turn = place + 1;
        self.changed.notify_all();
    }

    fn fail(&self) {
        self.inner().failed = true;
        self.changed.notify_all();
    }
}

const UNEVEN: &str = "SyncBatchNorm: the loss of one shard goes through more of these layers than another's";

impl Gather for Turns {
    fn gather(&self, place: usize, mine: Tensor) -> Result<Vec<Tensor>> {
        let state = self.handles.state();
        let mut inner = self.inner();
        assert!(inner.ended == 0, "{UNEVEN}");
        inner.brought.push(mine);
        if place + 1 == self.count {
            let (brought, ranks) = (std::mem::take(&mut inner.brought), self.ranks.clone());
            inner.all = Some(self.jobs.submit(move |comm| exchange(comm, &ranks, &brought)).wait());
        }
        inner.turn = (place + 1) % self.count;
        self.changed.notify_all();
        let inner = self.wait(inner, place);
        self.handles.set_state(state);
        inner.all.clone().expect("the last one has gathered")
    }
}

/// The tensors of all these ranks' shards, in their order.
fn exchange(comm: &dyn Communicator, ranks: &[usize], own: &[Tensor]) -> Result<Vec<Tensor>> {
    let within = Within { operation: Operation::AllGather, limit: comm.timeout() };
    let message = tensor::stack(own, 0);
    let mut all = Vec::new();
    for rank in ranks.iter().filter(|rank| **rank != comm.rank()) {
        comm.send(*rank, &message.to_message(), within)?;
    }
    for rank in ranks {
        let rows = match *rank == comm.rank() {
            true => message.clone(),
            false => {
                let theirs = Tensor::from_message(&comm.receive(*rank, within)?);
                let fits = |x: &Tensor| x.ndim() == message.ndim() && x.shape()[1..] == message.shape()[1..];
                theirs.filter(fits).ok_or_else(|| {
                    let how = format_args!("meets others with something else than {:?}", own[0].shape());
                    comm.fail(Error::differs(*rank, how))
                })?
            }
        };
        all.extend((0..rows.size(0)).map(|row| rows.select(0, row as isize).contiguous()));
    }
    Ok(all)
}
