//! Freed buffers, which wait here to be used again.
//!
//! They lie on shelves, and each thread has one that it turns to first. So threads rarely meet, and one that
//! does find another at its shelf goes on to the next: nobody waits. A thread that finds nothing of a size on
//! its own shelf looks at the others, because what one thread makes another often frees: the batches of a
//! loader's workers, for instance. One count limits all shelves together.
//!
//! No thread owns a shelf, so what a thread frees while it ends, in the destructor of a thread-local, is kept
//! as well.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, TryLockError};
use std::time::{Duration, Instant};

use crate::storage::{Line, size_class};

/// At most this much waits in the whole process: enough for whole-array expressions over tens of millions of
/// elements.
const MAX_BYTES: usize = 256 << 20;

/// More threads than this at once share.
const SHELVES: usize = 16;

pub(crate) static CACHE: Cache = Cache::new();

/// Frees the buffers that wait to be used again, whichever threads freed them.
///
/// The memory of a dropped tensor is not given back to the system at once: up to 256 MiB of it, in the whole
/// process, serve the next tensors of about the same sizes. What would exceed that empties the cache first.
/// The twin of `torch.cuda.empty_cache()`; torch has none for the CPU.
///
/// ```
/// drop(tensor::zeros([1000, 1000]));
/// tensor::empty_cache();
/// ```
pub fn empty_cache() {
    CACHE.clear(Duration::from_secs(1));
}

pub(crate) struct Cache {
    /// Lines on all shelves, and those on the way there.
    waiting: Apart<AtomicUsize>,
    shelves: [Apart<Shelf>; SHELVES],
}

/// Keeps what different threads write on different cache lines (two, as they are fetched in pairs).
#[repr(align(128))]
struct Apart<T>(T);

struct Shelf {
    /// Lines on this shelf, so that a search passes by an empty one. Changed by whoever stands there alone.
    lines: AtomicUsize,
    /// By size class.
    buffers: Mutex<Vec<Vec<Vec<Line>>>>,
}

impl Cache {
    const MAX_LINES: usize = MAX_BYTES / size_of::<Line>();

    const fn new() -> Cache {
        Cache {
            waiting: Apart(AtomicUsize::new(0)),
            shelves: [const { Apart(Shelf { lines: AtomicUsize::new(0), buffers: Mutex::new(Vec::new()) }) };
                SHELVES],
        }
    }

    /// A buffer for `bytes` bytes, with anything in it.
    pub(crate) fn take(&self, bytes: usize) -> Option<Vec<Line>> {
        let class = size_class(bytes).0;
        let lines = self.nearest_first().find_map(|shelf| shelf.take(class))?;
        self.waiting.0.fetch_sub(lines.len(), Relaxed);
        Some(lines)
    }

    /// Keeps a buffer, unless it alone exceeds the limit.
    pub(crate) fn give(&self, lines: Vec<Line>) {
        let len = lines.len();
        if len > Self::MAX_LINES {
            return;
        }
        if !self.admit(len) {
            // The buffers that wait are of sizes that an earlier part of the program used: keep this one
            // instead.
            self.clear(Duration::ZERO);
            if !self.admit(len) {
                return;
            }
        }
        let class = size_class(len * size_of::<Line>()).0;
        for shelf in self.nearest_first() {
            if let Some(mut buffers) = shelf.enter() {
                if buffers.len() <= class {
                    buffers.resize_with(class + 1, Vec::new);
                }
                buffers[class].push(lines);
                shelf.lines.store(shelf.lines.load(Relaxed) + len, Relaxed);
                return;
            }
        }
        self.waiting.0.fetch_sub(len, Relaxed);
    }

    /// Counts a buffer in if the limit allows it: before it is put down, so that no number of threads exceeds
    /// the limit.
    fn admit(&self, len: usize) -> bool {
        let fits = self.waiting.0.fetch_add(len, Relaxed) + len <= Self::MAX_LINES;
        if !fits {
            self.waiting.0.fetch_sub(len, Relaxed);
        }
        fits
    }

    /// Frees what waits. A shelf that another thread stands at is tried again for as long as `patience` says:
    /// it stays for nanoseconds, but a thread that stood there when this process was forked from its own
    /// never leaves.
    fn clear(&self, patience: Duration) {
        let start = Instant::now();
        for Apart(shelf) in &self.shelves {
            let mut entered = shelf.enter();
            while entered.is_none() && start.elapsed() < patience {
                std::thread::yield_now();
                entered = shelf.enter();
            }
            let Some(mut buffers) = entered else { continue };
            let freed = std::mem::take(&mut *buffers);
            self.waiting.0.fetch_sub(shelf.lines.swap(0, Relaxed), Relaxed);
            drop(buffers);
            drop(freed);
        }
    }

    /// All shelves, this thread's own first.
    fn nearest_first(&self) -> impl Iterator<Item = &Shelf> {
        let (before, from_home) = self.shelves.split_at(home());
        from_home.iter().chain(before).map(|Apart(shelf)| shelf)
    }
}

impl Shelf {
    fn take(&self, class: usize) -> Option<Vec<Line>> {
        if self.lines.load(Relaxed) == 0 {
            return None;
        }
        let mut buffers = self.enter()?;
        let lines = buffers.get_mut(class)?.pop()?;
        self.lines.store(self.lines.load(Relaxed) - lines.len(), Relaxed);
        Some(lines)
    }

    /// The buffers, unless another thread stands here.
    fn enter(&self) -> Option<MutexGuard<'_, Vec<Vec<Vec<Line>>>>> {
        match self.buffers.try_lock() {
            Ok(buffers) => Some(buffers),
            Err(TryLockError::Poisoned(error)) => Some(error.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}

/// The shelf that this thread turns to first.
fn home() -> usize {
    static THREADS: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        // Without a destructor, so that it serves until the thread is gone.
        static HOME: Cell<Option<usize>> = const { Cell::new(None) };
    }
    HOME.get().unwrap_or_else(|| {
        let home = THREADS.fetch_add(1, Relaxed) % SHELVES;
        HOME.set(Some(home));
        home
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIB: usize = 1024;

    fn buffer(bytes: usize) -> Vec<Line> {
        vec![bytemuck::Zeroable::zeroed(); size_class(bytes).1]
    }

    fn waiting(cache: &Cache) -> usize {
        let lines: usize = cache.shelves.iter().map(|shelf| shelf.0.lines.load(Relaxed)).sum();
        assert_eq!(lines, cache.waiting.0.load(Relaxed));
        lines * size_of::<Line>()
    }

    fn elsewhere<R: Send>(f: impl FnOnce() -> R + Send) -> R {
        std::thread::scope(|scope| scope.spawn(f).join().unwrap())
    }

    #[test]
    fn the_last_buffer_of_a_size_is_used_first() {
        let cache = Cache::new();
        let (first, last) = (buffer(4 * KIB), buffer(4 * KIB));
        let at = [first.as_ptr(), last.as_ptr()];
        cache.give(first);
        cache.give(buffer(KIB));
        cache.give(last);
        let again = [cache.take(4 * KIB), cache.take(4 * KIB)].map(Option::unwrap);
        assert_eq!(again.each_ref().map(|lines| lines.as_ptr()), [at[1], at[0]]);
        assert!(cache.take(4 * KIB).is_none());
        assert_eq!(waiting(&cache), KIB);
    }

    #[test]
    fn what_one_thread_frees_another_uses() {
        let cache = Cache::new();
        for _ in 0..SHELVES + 1 {
            elsewhere(|| cache.give(buffer(KIB)));
        }
        assert_eq!(waiting(&cache), (SHELVES + 1) * KIB);
        for _ in 0..SHELVES + 1 {
            assert!(cache.take(KIB).is_some());
        }
        assert_eq!(waiting(&cache), 0);
    }

    #[test]
    fn one_call_frees_what_any_thread_left() {
        let cache = Cache::new();
        for _ in 0..3 {
            elsewhere(|| cache.give(buffer(KIB)));
        }
        cache.clear(Duration::ZERO);
        assert_eq!(waiting(&cache), 0);
        assert!(cache.take(KIB).is_none());
    }

    #[test]
    fn the_limit_is_one_for_all_threads_and_sizes_of_now_are_kept() {
        let cache = Cache::new();
        let quarter = MAX_BYTES / 4;
        for _ in 0..4 {
            elsewhere(|| cache.give(buffer(quarter)));
        }
        assert_eq!(waiting(&cache), MAX_BYTES);
        cache.give(buffer(KIB));
        assert_eq!(waiting(&cache), KIB);
        cache.give(buffer(MAX_BYTES + 1));
        assert_eq!(waiting(&cache), KIB, "what exceeds the limit alone is not kept");
    }

    #[test]
    fn nobody_waits_for_a_shelf() {
        let cache = Cache::new();
        cache.give(buffer(KIB));
        let held: Vec<_> = cache.shelves.iter().map(|shelf| shelf.0.enter().unwrap()).collect();
        assert!(cache.take(KIB).is_none());
        cache.give(buffer(KIB));
        cache.clear(Duration::from_millis(1));
        drop(held);
        assert_eq!(waiting(&cache), KIB);
    }
}
