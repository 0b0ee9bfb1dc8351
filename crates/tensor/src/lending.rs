//! The lock around what is lent to closures.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock, RwLockWriteGuard, TryLockError};

/// A value behind a lock that stays locked while a user's closure works on the value: the default
/// generator, the data of a variable.
///
/// Such a closure may ask for anything, also for what it already holds, or for what a thread holds that waits
/// in turn for this one. An ordinary lock then waits for ever. This one panics, in the thread that completes
/// the circle; the others go on. Whoever waits for a thread in another way, by joining it say, is not seen.
///
/// ```should_panic
/// let seed = tensor::Lending::new(7);
/// let held = seed.lend("first");
/// seed.lend("second"); // panics: this thread holds it
/// # drop(held);
/// ```
pub struct Lending<T> {
    value: RwLock<T>,
    /// The number of the thread that holds the value to change it, 0 for none. Made when someone first does.
    holder: OnceLock<Arc<AtomicU64>>,
}

impl<T> Lending<T> {
    /// A lock around `value`.
    pub const fn new(value: T) -> Lending<T> {
        Lending { value: RwLock::new(value), holder: OnceLock::new() }
    }

    /// Calls `f` with the value. `f` must not ask for other values; `what` begins the message of a panic.
    ///
    /// # Panics
    /// If it would wait for ever.
    #[inline]
    #[track_caller]
    pub fn read<R>(&self, what: &str, f: impl FnOnce(&T) -> R) -> R {
        match self.value.try_read() {
            Ok(value) => f(&value),
            Err(TryLockError::Poisoned(value)) => f(&value.into_inner()),
            Err(TryLockError::WouldBlock) => f(&self.wait(what, || unpoison(self.value.read()))),
        }
    }

    /// The value to change, for as long as the guard lives; `what` begins the message of a panic.
    ///
    /// # Panics
    /// If it would wait for ever.
    #[inline]
    #[track_caller]
    pub fn lend(&self, what: &str) -> Lent<'_, T> {
        self.try_lend().unwrap_or_else(|| {
            let value = self.wait(what, || unpoison(self.value.write()));
            self.lent(value)
        })
    }

    /// [`Lending::lend`] if that is possible without waiting.
    #[inline]
    pub fn try_lend(&self) -> Option<Lent<'_, T>> {
        match self.value.try_write() {
            Ok(value) => Some(self.lent(value)),
            Err(TryLockError::Poisoned(value)) => Some(self.lent(value.into_inner())),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    #[inline]
    fn lent<'a>(&'a self, value: RwLockWriteGuard<'a, T>) -> Lent<'a, T> {
        let holder = self.holder.get_or_init(Default::default);
        holder.store(this_thread(), Relaxed);
        Lent { holder, value }
    }

    /// Waits for `lock`, unless that would be for ever.
    #[cold]
    #[track_caller]
    fn wait<G>(&self, what: &str, lock: impl FnOnce() -> G) -> G {
        let me = this_thread();
        let holder = self.holder.get_or_init(Default::default);
        assert!(
            holder.load(Relaxed) != me,
            "{what}: this thread is already inside a closure that holds the same value (of update_data, update or \
             with_default_generator, say) and would wait for itself; use what the closure was given"
        );
        let waiting = Waiting::new(me, holder);
        assert!(
            waiting.is_some(),
            "{what}: two threads would wait for each other: each is inside a closure that holds what the other asks for"
        );
        lock()
    }
}

impl<T: fmt::Debug> fmt::Debug for Lending<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

/// A value lent by [`Lending::lend`].
pub struct Lent<'a, T> {
    holder: &'a AtomicU64,
    value: RwLockWriteGuard<'a, T>,
}

impl<T> Deref for Lent<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for Lent<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T> Drop for Lent<'_, T> {
    #[inline]
    fn drop(&mut self) {
        // Before the lock opens, so that the next holder's number stays.
        self.holder.store(0, Relaxed);
    }
}

/// A panic elsewhere leaves a valid value behind: that is what makes a type fit for lending.
fn unpoison<G>(lock: Result<G, PoisonError<G>>) -> G {
    lock.unwrap_or_else(PoisonError::into_inner)
}

/// The number of this thread, from 1.
fn this_thread() -> u64 {
    static THREADS: AtomicU64 = AtomicU64::new(1);
    thread_local!(static NUMBER: u64 = THREADS.fetch_add(1, Relaxed));
    NUMBER.with(|number| *number)
}

/// The threads that wait for a value, each with the holder of that value.
static WAITING: Mutex<Vec<(u64, Arc<AtomicU64>)>> = Mutex::new(Vec::new());

/// A thread's entry in [`WAITING`].
struct Waiting(u64);

impl Waiting {
    /// Enters that thread `me` waits for what `holder` holds; `None` if, through
    /// whatever others, that is `me`.
    ///
    /// Of several threads that wait in a circle the last to come here finds it: a thread writes
    /// its number into what it holds before it waits for anything else, and the entries are
    /// changed and followed under one lock.
    fn new(me: u64, holder: &Arc<AtomicU64>) -> Option<Waiting> {
        let mut waiting = unpoison(WAITING.lock());
        let mut at = holder.load(Relaxed);
        // Each thread waits once, so that a longer way leads round a circle of others.
        for _ in 0..=waiting.len() {
            if at == me {
                return None;
            }
            let Some((_, holder)) = waiting.iter().find(|(thread, _)| *thread == at) else { break };
            at = holder.load(Relaxed);
        }
        waiting.push((me, holder.clone()));
        Some(Waiting(me))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        unpoison(WAITING.lock()).retain(|(thread, _)| *thread != self.0);
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::{Barrier, mpsc};
    use std::time::Duration;

    use super::*;

    fn message(panic: Box<dyn std::any::Any + Send>) -> String {
        *panic.downcast().expect("a panic with a message")
    }

    #[test]
    fn a_thread_does_not_wait_for_itself() {
        let value = Lending::new(1);
        let held = value.lend("outside");
        for attempt in [&(|| drop(value.lend("inside"))) as &dyn Fn(), &|| value.read("inside", |_| ())] {
            let panic = catch_unwind(AssertUnwindSafe(attempt)).expect_err("it would wait for ever");
            assert!(message(panic).starts_with("inside: this thread is already inside a closure"));
        }
        drop(held);
        assert_eq!(value.read("afterwards", |x| *x), 1);
    }

    /// Three threads, each holding one value, ask for the next one's: one is refused, and the others get
    /// theirs.
    #[test]
    fn of_a_circle_of_threads_one_panics_and_the_others_go_on() {
        let (done, outcome) = mpsc::channel();
        std::thread::spawn(move || {
            let values = [0, 0, 0].map(Lending::new);
            let all_hold = Barrier::new(3);
            std::thread::scope(|scope| {
                for i in 0..3 {
                    let (values, all_hold, done) = (&values, &all_hold, done.clone());
                    scope.spawn(move || {
                        let asked = catch_unwind(AssertUnwindSafe(|| {
                            let _held = values[i].lend("first");
                            all_hold.wait();
                            *values[(i + 1) % 3].lend("next") += 1;
                        }));
                        done.send(asked.err().map(message)).expect("the test listens");
                    });
                }
            });
        });
        let outcomes: Vec<_> = (0..3)
            .map(|_| outcome.recv_timeout(Duration::from_secs(30)).expect("nobody waits for ever"))
            .collect();
        let refused: Vec<_> = outcomes.into_iter().flatten().collect();
        assert_eq!(refused.len(), 1);
        assert!(refused[0].starts_with("next: two threads would wait for each other"));
    }

    #[test]
    fn a_value_held_elsewhere_is_waited_for() {
        let value = Lending::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..1000).for_each(|_| *value.lend("add") += 1));
            }
        });
        assert_eq!(value.read("sum", |x| *x), 4000);
    }
}
