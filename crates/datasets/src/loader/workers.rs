use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use crate::random::{self, Place};

/// Threads that make batches, given work in turn: results are received in the order in which work was given.
pub(super) struct Workers<B> {
    workers: Vec<Worker<B>>,
    given: usize,
    received: usize,
}

impl<B> Workers<B> {
    pub(super) fn new(workers: impl Iterator<Item = Worker<B>>) -> Self {
        Self { workers: workers.collect(), given: 0, received: 0 }
    }

    pub(super) fn give(&mut self, indices: Vec<usize>, place: Place) {
        let at = self.given % self.workers.len();
        self.given += 1;
        let tasks = self.workers[at].tasks.as_ref().expect("open until dropped");
        tasks.send((indices, place)).expect("a worker takes work until it is dropped");
    }

    /// Waits for the batch whose turn it is. A panic that ended its making goes on here; the worker
    /// goes on with the batches after it.
    pub(super) fn receive(&mut self) -> B {
        let at = self.received % self.workers.len();
        self.received += 1;
        let batch = self.workers[at].batches.recv().expect("a worker gives a result for every task");
        batch.unwrap_or_else(|panic| resume_unwind(panic))
    }
}

/// One thread, with the queue of its work and the queue of its results.
pub(super) struct Worker<B> {
    tasks: Option<Sender<(Vec<usize>, Place)>>,
    batches: Receiver<thread::Result<B>>,
    thread: Option<JoinHandle<()>>,
}

impl<B: Send + 'static> Worker<B> {
    pub(super) fn spawn(fetch: impl Fn(&[usize]) -> B + Send + 'static) -> Self {
        let (tasks, work) = mpsc::channel::<(Vec<usize>, Place)>();
        let (results, batches) = mpsc::channel();
        let thread = thread::spawn(move || {
            for (indices, place) in work {
                // A panic may leave the dataset's own state half done, as it does without workers.
                let make = AssertUnwindSafe(|| random::in_batch(place, || fetch(&indices)));
                let batch = catch_unwind(make);
                if results.send(batch).is_err() {
                    break;
                }
            }
        });
        Self { tasks: Some(tasks), batches, thread: Some(thread) }
    }
}

impl<B> Drop for Worker<B> {
    /// With nobody to give batches to, the thread ends after the one that it may be busy with.
    fn drop(&mut self) {
        self.tasks = None;
        self.batches = mpsc::channel().1;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // it can only have panicked in the `Drop` of a batch that nobody waits for
        }
    }
}
