//! The threads behind [`parallel::run`](super::parallel::run).
//!
//! Why not rayon's: the products of a training step take 50 to 250 µs, and most of what a second thread could
//! save there went into waking it. What a job of 16 empty tasks costs, in µs with 2 and 4 threads, on a
//! 4-core EPYC 9004 that others were using too (`cargo bench -p tensor --bench parallel` shows it on yours):
//!
//! | jobs | `rayon::scope` | this pool |
//! |---|---|---|
//! | in a row | 19, 22 | 0.3, 1.5 |
//! | 50 µs apart | 147, 52 | 0.6, 1.5 |
//! | 2 ms apart | 992, 379 | 20, 24 |
//!
//! The difference: here the caller starts at once and takes every task that nobody has claimed, so it waits
//! only for tasks that are really running elsewhere, never for a thread to arrive; and a worker watches for
//! the next job for [`SPIN`] before it sleeps. Idle, no thread runs.

use std::any::Any;
use std::cell::UnsafeCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::*};
use std::sync::{Mutex, OnceLock, PoisonError, TryLockError};
use std::thread::Thread;
use std::time::{Duration, Instant};

use super::parallel::{MAX_THREADS, inside};

/// How long a worker watches for the next job before it sleeps: longer than what lies between two products of
/// a training step, too short to be seen in a process list.
const SPIN: Duration = Duration::from_micros(100);

/// A microsecond's watch that took this long was interrupted by another thread.
const CROWDED: Duration = Duration::from_micros(20);

/// The caller is one of the threads.
const MAX_WORKERS: usize = MAX_THREADS - 1;

static POOL: Pool = Pool {
    spawned: Mutex::new(0),
    process: AtomicU32::new(0),
    job: UnsafeCell::new(None),
    helpers: AtomicUsize::new(0),
    tickets: Line(AtomicUsize::new(0)),
    unfinished: Line(AtomicUsize::new(0)),
    panic: Mutex::new(None),
    workers: [const { Line(Worker { asleep: AtomicBool::new(false), thread: OnceLock::new() }) };
        MAX_WORKERS],
};

/// Calls `task(i)` for each `i < tasks`, on this thread and up to `helpers` others.
///
/// If another thread's job occupies the pool, all of it runs here, and a panic ends it. Otherwise the first
/// panic in a task comes out of this call after every other task has run.
pub(super) fn run(tasks: usize, helpers: usize, task: &(dyn Fn(usize) + Sync)) {
    let mut spawned = match POOL.spawned.try_lock() {
        Ok(spawned) => spawned,
        Err(TryLockError::Poisoned(error)) => error.into_inner(),
        Err(TryLockError::WouldBlock) => return (0..tasks).for_each(task),
    };
    // Fewer will do where the system gives no more threads.
    while *spawned < helpers.min(MAX_WORKERS) && Worker::spawn(*spawned) {
        *spawned += 1;
    }
    POOL.helpers.store(helpers.min(*spawned), Relaxed);
    POOL.unfinished.0.store(tasks, Relaxed);
    let confined = Confined;
    // SAFETY: holding the lock makes this the only job, and workers read the cell only between claiming a
    // ticket and counting its task as finished: not now, since the previous job ended with nothing unfinished
    // and no ticket is out. Erasing the lifetime is sound because this function does not end before
    // `unfinished` is 0 again: it returns behind the loop that waits for that, and `confined` ends the
    // process if anything here or in `work` should unwind.
    unsafe {
        let task: *const (dyn Fn(usize) + Sync + 'static) = std::mem::transmute(task);
        *POOL.job.get() = Some(Job { task, tasks });
    }
    // Sequentially consistent, as is a sleeper's flag: either it sees the tickets or it is seen
    // asleep. The first task is this thread's, which has its data at hand: in a small job a
    // worker could be here before it.
    POOL.tickets.0.store(tasks - 1, SeqCst);
    POOL.work(None, Some(tasks));
    while POOL.unfinished.0.load(Acquire) != 0 {
        let over = || POOL.unfinished.0.load(Relaxed) == 0;
        watch(over);
        // A fork takes no other thread along. Between jobs that is no harm, as then every task is the
        // caller's.
        if !over() && std::process::id() != POOL.process.load(Relaxed) {
            end_process("it was forked inside a parallel task, without the threads that run the other tasks");
        }
    }
    std::mem::forget(confined);
    let panic = POOL.panic.lock().unwrap_or_else(PoisonError::into_inner).take();
    drop(spawned);
    if let Some(panic) = panic {
        resume_unwind(panic);
    }
}

/// Waits for `over`, about a microsecond at most, and then gives way to any other thread that wants this
/// processor: without the yield, a worker woken on the caller's processor (as happens when all are busy)
/// would keep the caller from working.
fn watch(over: impl Fn() -> bool) {
    for _ in 0..32 {
        if over() {
            return;
        }
        std::hint::spin_loop();
    }
    std::thread::yield_now();
}

/// Ends the process if it is dropped, by a panic that would leave behind a closure that other threads still
/// run, or a task that is never counted as finished. Tasks and what they panic with are caught, so nothing of
/// theirs comes here.
struct Confined;

impl Drop for Confined {
    fn drop(&mut self) {
        end_process("the thread pool itself panicked");
    }
}

fn end_process(why: &str) -> ! {
    eprintln!("this process cannot go on: {why}");
    std::process::abort()
}

struct Pool {
    /// How many of `workers` exist; whoever holds it owns the current job.
    spawned: Mutex<usize>,
    /// The process that started the last of them.
    process: AtomicU32,
    job: UnsafeCell<Option<Job>>,
    /// How many workers may take part in the job.
    helpers: AtomicUsize,
    /// Tasks of the job not yet claimed.
    tickets: Line<AtomicUsize>,
    /// Tasks of the job not yet finished.
    unfinished: Line<AtomicUsize>,
    /// The first panic of the job.
    panic: Mutex<Option<Box<dyn Any + Send>>>,
    workers: [Line<Worker>; MAX_WORKERS],
}

/// Keeps what different threads write on different cache lines (two, as they are fetched in pairs).
#[repr(align(128))]
struct Line<T>(T);

#[derive(Clone, Copy)]
struct Job {
    task: *const (dyn Fn(usize) + Sync),
    tasks: usize,
}

// SAFETY: `job` is the only part that is not `Sync` of itself. It is written by the holder of
// `spawned` while no ticket is out, and read by holders of a claimed ticket: the store of `tickets`
// orders the first before the second, the countdown of `unfinished` the second before the next write.
// The task it points to is `Sync`.
unsafe impl Sync for Pool {}

impl Pool {
    /// Runs tasks, from that of `ticket` on, until none is unclaimed; `worker` is `None` on the caller.
    /// Returns whether there were any.
    fn work(&self, worker: Option<usize>, mut ticket: Option<usize>) -> bool {
        let mut worked = false;
        while let Some(at) = ticket {
            // SAFETY: a ticket is claimed and its task not finished (see `Sync for Pool`), so the job is
            // in place and the closure alive.
            let (job, task) = unsafe {
                let job = (*self.job.get()).expect("a ticket belongs to a job");
                (job, &*job.task)
            };
            if !worked {
                worked = true;
                // A tree, so that waking many threads costs no one thread much.
                let first = worker.map_or(0, |i| 2 * i + 2);
                for i in first..(first + 2).min(self.helpers.load(Relaxed)) {
                    self.workers[i].0.wake();
                }
            }
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| task(job.tasks - at))) {
                self.keep_first(panic);
            }
            self.unfinished.0.fetch_sub(1, Release);
            ticket = self.claim();
        }
        worked
    }

    /// Keeps what a task panicked with, unless another did so before. Never unwinds: dropping it runs code of
    /// the user, which may panic in turn; what that panics with is never dropped, or there would be no end to
    /// it.
    fn keep_first(&self, panic: Box<dyn Any + Send>) {
        let mut first = self.panic.lock().unwrap_or_else(PoisonError::into_inner);
        if first.is_none() {
            *first = Some(panic);
            return;
        }
        drop(first);
        if let Err(another) = catch_unwind(AssertUnwindSafe(|| drop(panic))) {
            std::mem::forget(another);
        }
    }

    /// Takes one of the remaining tickets: `tasks` was the first, 1 is the last.
    fn claim(&self) -> Option<usize> {
        self.tickets.0.fetch_update(Acquire, Relaxed, |tickets| tickets.checked_sub(1)).ok()
    }

    /// The life of worker `i`.
    fn serve(&self, i: usize) -> ! {
        let me = &self.workers[i].0;
        let mut idle_since = Instant::now();
        let mut last_look = idle_since;
        loop {
            let invited = || i < self.helpers.load(Relaxed) && self.tickets.0.load(SeqCst) > 0;
            let worked = invited() && self.work(Some(i), self.claim());
            let now = Instant::now();
            // If the yield took long, someone computes on this processor, maybe the caller
            // itself. Asleep, this thread will be woken on a free one; watching, it would stay
            // here and come too late to every job.
            let crowded = !worked && now - last_look > CROWDED;
            if worked {
                idle_since = now;
            } else if crowded || now - idle_since > SPIN {
                me.asleep.store(true, SeqCst);
                if invited() {
                    me.asleep.store(false, Relaxed);
                } else {
                    while me.asleep.load(Acquire) {
                        std::thread::park();
                    }
                }
                idle_since = Instant::now();
                last_look = idle_since;
                continue;
            }
            last_look = now;
            watch(invited);
        }
    }
}

struct Worker {
    asleep: AtomicBool,
    thread: OnceLock<Thread>,
}

impl Worker {
    /// Starts worker `i`; `false` if the system refuses.
    fn spawn(i: usize) -> bool {
        let builder = std::thread::Builder::new().name(format!("rushlight-{i}"));
        let serve = move || {
            let _confined = Confined;
            inside(|| POOL.serve(i))
        };
        let Ok(handle) = builder.spawn(serve) else { return false };
        POOL.process.store(std::process::id(), Relaxed);
        POOL.workers[i].0.thread.set(handle.thread().clone()).expect("each worker is spawned once");
        true
    }

    fn wake(&self) {
        if self.asleep.load(SeqCst) && self.asleep.swap(false, AcqRel) {
            self.thread.get().expect("set by the thread that spawned it, under the lock").unpark();
        }
    }
}
