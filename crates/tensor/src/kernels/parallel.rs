//! How work is split between threads.
//!
//! A split never changes a result: a task is a range fixed by the shape alone, or the tasks only divide
//! elements whose arithmetic does not depend on their neighbours. A task that asks for threads itself runs
//! serially, and so does a task of rayon's: programs share coarse work out with rayon, and its threads are
//! as many as there are processors.

use super::pool;
use std::cell::Cell;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Elementwise work is split into pieces of this many elements: small enough to stay in the
/// second-level cache between fused passes, large enough to hide the cost of waking a thread. Less than
/// two pieces' worth runs on the caller.
pub const GRAIN: usize = 32 * 1024;

/// No machine of today gains from more threads.
pub const MAX_THREADS: usize = 256;

static THREADS: AtomicUsize = AtomicUsize::new(0);

/// Sets how many threads a kernel may use, the caller included, as `torch.set_num_threads` does.
///
/// The default is `RAYON_NUM_THREADS`, or else the number of processors; more than [`MAX_THREADS`] count as
/// that many. Results do not depend on it.
///
/// # Panics
///
/// If `threads` is 0.
pub fn set_num_threads(threads: usize) {
    assert!(threads > 0, "set_num_threads: at least one thread is needed");
    THREADS.store(threads.min(MAX_THREADS), Relaxed);
}

/// How many threads a kernel may use, the caller included.
pub fn num_threads() -> usize {
    static DEFAULT: OnceLock<usize> = OnceLock::new();
    match THREADS.load(Relaxed) {
        0 => *DEFAULT.get_or_init(|| {
            let asked =
                std::env::var("RAYON_NUM_THREADS").ok().and_then(|n| n.parse().ok()).filter(|&n| n > 0);
            let all = || std::thread::available_parallelism().map_or(1, |n| n.get());
            asked.unwrap_or_else(all).min(MAX_THREADS)
        }),
        threads => threads,
    }
}

thread_local! {
    /// Whether this thread is inside a task, where splitting again would only add overhead.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Calls `task(0), …, task(tasks - 1)`, each once, on up to [`num_threads`] threads in no particular order.
///
/// Everything runs on the caller if there is one thread, one task, the caller is itself a task or a thread of
/// rayon's, or another thread's tasks are running. So a task must not wait for another one. When this returns
/// or panics, no call of `task` is left running.
///
/// In a process that was forked everything runs on the caller too. A fork inside a task may only be followed
/// by `exec`: the child ends itself when it has to wait for tasks on threads that it does not have.
///
/// # Panics
///
/// If a task does, with what the first one panicked with. Which of the other tasks have run by then is open.
pub fn run(tasks: usize, task: impl Fn(usize) + Sync) {
    let helpers = num_threads().min(tasks).saturating_sub(1);
    if helpers == 0 || INSIDE.get() || rayon::current_thread_index().is_some() {
        return (0..tasks).for_each(task);
    }
    inside(|| pool::run(tasks, helpers, &task));
}

/// Runs `f` as part of a task: what it splits stays on this thread.
pub(super) fn inside<R>(f: impl FnOnce() -> R) -> R {
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            INSIDE.set(self.0);
        }
    }
    let _restore = Restore(INSIDE.replace(true));
    f()
}

/// Calls `f` on the ranges `0..grain`, `grain..2 * grain`, … that cover `0..len`, in parallel.
///
/// # Panics
///
/// If `grain` is 0.
pub fn for_each_range(len: usize, grain: usize, f: impl Fn(Range<usize>) + Sync) {
    run(len.div_ceil(grain), |i| f(i * grain..len.min((i * grain).saturating_add(grain))));
}

/// Calls `f(start, piece)` on the pieces of `grain` elements that make up `y`, in parallel; `start` is
/// where the piece begins in `y`.
///
/// ```
/// use tensor::kernels::parallel::for_each_chunk_mut;
///
/// let mut y = vec![0; 10];
/// for_each_chunk_mut(&mut y, 4, |start, y| {
///     for (i, y) in y.iter_mut().enumerate() {
///         *y = start + i;
///     }
/// });
/// assert_eq!(y, (0..10).collect::<Vec<_>>());
/// ```
///
/// # Panics
///
/// If `grain` is 0.
pub fn for_each_chunk_mut<T: Send>(y: &mut [T], grain: usize, f: impl Fn(usize, &mut [T]) + Sync) {
    let pieces = Pieces::new(y);
    for_each_range(pieces.len, grain, |range| {
        let start = range.start;
        // SAFETY: `for_each_range` gives each of its disjoint ranges to one call only.
        f(start, unsafe { pieces.get(range) })
    });
}

/// A mutable slice from which disjoint pieces are handed to several threads: what a kernel with more than one
/// output, or with an output that is not one piece per task, builds on.
pub struct Pieces<'a, T> {
    ptr: *mut T,
    len: usize,
    slice: std::marker::PhantomData<&'a mut [T]>,
}

// SAFETY: it is a `&mut [T]`; sharing it lets threads take `&mut T` pieces, which `T: Send` allows, and `get`
// makes its caller promise that no piece is taken twice.
unsafe impl<T: Send> Sync for Pieces<'_, T> {}

impl<'a, T> Pieces<'a, T> {
    /// Borrows the slice for as long as pieces are handed out.
    pub fn new(slice: &'a mut [T]) -> Self {
        Pieces { ptr: slice.as_mut_ptr(), len: slice.len(), slice: std::marker::PhantomData }
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The elements in `range`.
    ///
    /// # Safety
    ///
    /// No two live pieces may overlap.
    ///
    /// # Panics
    ///
    /// If the range does not lie inside the slice.
    #[allow(clippy::mut_from_ref)] // That is its purpose; the caller promises disjointness.
    pub unsafe fn get(&self, range: Range<usize>) -> &mut [T] {
        assert!(range.start <= range.end && range.end <= self.len);
        // SAFETY: inside the slice by the assertion, and unaliased by the caller's promise.
        unsafe { std::slice::from_raw_parts_mut(self.ptr.add(range.start), range.len()) }
    }
}

/// A pointer that tasks may share; each use of it proves that they write different elements.
#[derive(Clone, Copy)]
pub(super) struct Shared<T>(pub(super) *mut T);

impl<T> Shared<T> {
    /// The pointer: a method, so that closures capture the whole.
    #[inline(always)]
    pub(super) fn get(&self) -> *mut T {
        self.0
    }
}

// SAFETY: a pointer by itself gives no access; what it points at may be touched by
// several threads, which `T` allows.
unsafe impl<T: Send + Sync> Sync for Shared<T> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_runs_once() {
        let counts: Vec<AtomicUsize> = (0..1000).map(|_| AtomicUsize::new(0)).collect();
        run(1000, |i| {
            counts[i].fetch_add(1, Relaxed);
        });
        assert!(counts.iter().all(|c| c.load(Relaxed) == 1));
    }

    #[test]
    fn a_task_that_splits_again_stays_on_its_thread() {
        run(8, |_| {
            let me = std::thread::current().id();
            run(8, |_| assert_eq!(std::thread::current().id(), me));
        });
    }

    #[test]
    fn a_panic_in_a_task_reaches_the_caller_and_the_pool_goes_on() {
        for _ in 0..3 {
            let failed = std::panic::catch_unwind(|| run(64, |i| assert_ne!(i, 13)));
            assert!(failed.is_err());
            every_task_runs_once();
        }
    }

    #[test]
    fn several_threads_may_ask_at_once() {
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..200).for_each(|_| every_task_runs_once()));
            }
        });
    }

    #[test]
    fn ranges_cover_everything_once() {
        for len in [0, 1, 6, 7, 8, 100] {
            let mut y = vec![0; len];
            for_each_chunk_mut(&mut y, 7, |start, y| {
                y.iter_mut().enumerate().for_each(|(i, y)| *y += start + i)
            });
            assert_eq!(y, (0..len).collect::<Vec<_>>());
        }
    }
}
