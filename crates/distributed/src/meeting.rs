//! Where the shards of a step wait for each other.

use std::cell::RefCell;
use std::panic::resume_unwind;
use std::sync::Arc;

use tensor::Tensor;

use crate::Result;

/// What gives everyone's tensor to everyone.
pub(crate) trait Gather: Send + Sync {
    /// The tensors of all shards that have samples, in the order of shards, from that of the shard
    /// with this number among those of the rank.
    fn gather(&self, shard: usize, mine: Tensor) -> Result<Vec<Tensor>>;
}

/// One shard's place among those that meet.
#[derive(Clone)]
pub(crate) struct Meeting {
    all: Arc<dyn Gather>,
    shard: usize,
}

thread_local! {
    static CURRENT: RefCell<Option<Meeting>> = const { RefCell::new(None) };
}

impl Meeting {
    pub(crate) fn new(all: Arc<dyn Gather>, shard: usize) -> Meeting {
        Meeting { all, shard }
    }

    /// The one that this thread's shard takes part in.
    pub(crate) fn current() -> Option<Meeting> {
        CURRENT.with_borrow(|current| current.clone())
    }

    /// Calls `f` as a part of it.
    pub(crate) fn run<R>(self, f: impl FnOnce() -> R) -> R {
        /// Puts back what was there, also after a panic.
        struct Back(Option<Meeting>);
        impl Drop for Back {
            fn drop(&mut self) {
                CURRENT.set(self.0.take());
            }
        }
        let _back = Back(CURRENT.replace(Some(self)));
        f()
    }

    /// The tensors of all shards. A failure ends the pass that asks, and comes out of
    /// [`DataParallel::backward`](crate::DataParallel::backward) as the error that it is.
    pub(crate) fn gather(&self, mine: Tensor) -> Vec<Tensor> {
        self.all.gather(self.shard, mine).unwrap_or_else(|error| resume_unwind(Box::new(error)))
    }
}
