use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use crate::random::{self, Place};

/// What a batch is made of, and its place in the epoch.
pub(super) type Work<W> = (W, Place);

/// Threads that make batches, given work in turn: results are received in the order in which work was given.
pub(super) enum Workers<'l, W, B> {
    SideBySide(SideBySide<'l, W, B>),
    Ahead(Ahead<W, B>),
}

impl<W, B> Workers<'_, W, B> {
    pub(super) fn give(&mut self, work: Work<W>) {
        match self {
            Self::SideBySide(workers) => workers.queued.push(work),
            Self::Ahead(workers) => workers.give(work),
        }
    }

    /// Waits for the batch whose turn it is. A panic that ended its making goes on here; the batches after it
    /// are made all the same.
    pub(super) fn receive(&mut self) -> B {
        let batch = match self {
            Self::SideBySide(workers) => workers.receive(),
            Self::Ahead(workers) => workers.receive(),
        };
        batch.unwrap_or_else(|panic| resume_unwind(panic))
    }
}

type MakeAll<'l, W, B> = dyn Fn(Vec<Work<W>>) -> Vec<thread::Result<B>> + Send + 'l;

/// Threads that live as long as a call of `receive`, and so may borrow: when a batch is asked for that is not
/// there, all that were given are made at once.
pub(super) struct SideBySide<'l, W, B> {
    make: Box<MakeAll<'l, W, B>>,
    queued: Vec<Work<W>>,
    made: VecDeque<thread::Result<B>>,
}

impl<'l, W: Send, B: Send> SideBySide<'l, W, B> {
    pub(super) fn new(fetch: impl Fn(W) -> B + Send + Sync + 'l) -> Self {
        let make = move |work| side_by_side(work, &fetch);
        Self { make: Box::new(make), queued: Vec::new(), made: VecDeque::new() }
    }
}

impl<W, B> SideBySide<'_, W, B> {
    fn receive(&mut self) -> thread::Result<B> {
        if self.made.is_empty() {
            self.made.extend((self.make)(std::mem::take(&mut self.queued)));
        }
        self.made.pop_front().expect("work is given before a batch is received")
    }
}

/// Makes batches side by side, the first of them on this thread.
fn side_by_side<W: Send, B: Send>(
    work: Vec<Work<W>>,
    fetch: impl Fn(W) -> B + Sync,
) -> Vec<thread::Result<B>> {
    let (mut work, make) = (work.into_iter(), |work| make(work, &fetch));
    thread::scope(|scope| {
        let first = work.next();
        let others: Vec<_> = work.map(|work| scope.spawn(move || make(work))).collect();
        let first = first.map(make);
        first.into_iter().chain(others.into_iter().map(|thread| thread.join().flatten())).collect()
    })
}

/// A panic may leave the dataset's own state half done, as it does without workers.
fn make<W, B>((work, place): Work<W>, fetch: impl Fn(W) -> B) -> thread::Result<B> {
    catch_unwind(AssertUnwindSafe(|| random::in_batch(place, || fetch(work))))
}

/// Threads that live as long as the epoch, and make batches while the program does something else.
pub(super) struct Ahead<W, B> {
    workers: Vec<Worker<W, B>>,
    given: usize,
    received: usize,
}

impl<W, B> Ahead<W, B> {
    pub(super) fn new(workers: impl Iterator<Item = Worker<W, B>>) -> Self {
        Self { workers: workers.collect(), given: 0, received: 0 }
    }

    fn give(&mut self, work: Work<W>) {
        let at = self.given % self.workers.len();
        self.given += 1;
        let tasks = self.workers[at].tasks.as_ref().expect("open until dropped");
        assert!(tasks.send(work).is_ok(), "a worker takes work until it is dropped");
    }

    fn receive(&mut self) -> thread::Result<B> {
        let at = self.received % self.workers.len();
        self.received += 1;
        self.workers[at].batches.recv().expect("a worker gives a result for every task")
    }
}

/// One thread, with the queue of its work and the queue of its results.
pub(super) struct Worker<W, B> {
    tasks: Option<Sender<Work<W>>>,
    batches: Receiver<thread::Result<B>>,
    thread: Option<JoinHandle<()>>,
}

impl<W: Send + 'static, B: Send + 'static> Worker<W, B> {
    pub(super) fn spawn(fetch: impl Fn(W) -> B + Send + 'static) -> Self {
        let (tasks, todo) = mpsc::channel::<Work<W>>();
        let (results, batches) = mpsc::channel();
        let thread = thread::spawn(move || {
            for work in todo {
                if results.send(make(work, &fetch)).is_err() {
                    break;
                }
            }
        });
        Self { tasks: Some(tasks), batches, thread: Some(thread) }
    }
}

impl<W, B> Drop for Worker<W, B> {
    /// With nobody to give batches to, the thread ends after the one that it may be busy with.
    fn drop(&mut self) {
        self.tasks = None;
        self.batches = mpsc::channel().1;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // it can only have panicked in the `Drop` of a batch that nobody waits for
        }
    }
}
