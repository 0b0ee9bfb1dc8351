use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tensor::{use_generator, with_default_generator};

use crate::communicator::put_into;
use crate::inbox::Inbox;
use crate::{Communicator, DEFAULT_TIMEOUT, Error, Result, Within};

/// The engine whose ranks are threads of this process: nothing has to be set up.
///
/// ```
/// use distributed::Threads;
///
/// let ranks = Threads::run(4, |comm| (comm.rank(), comm.size()))?;
/// assert_eq!(ranks, [(0, 4), (1, 4), (2, 4), (3, 4)]);
/// # Ok::<(), distributed::Error>(())
/// ```
///
/// # What ranks share
///
/// - The *default generator* is each rank's own, as it would be in a process of its own: it starts as a copy
///   of the caller's, so that all ranks draw the same numbers, and `tensor::manual_seed` in a rank is that
///   rank's affair. The caller's stays where it is. Threads that a rank starts itself draw from the
///   process's.
/// - The *threads of kernels*, and how many a kernel may use, are the process's. One rank at a time has the
///   pool, and the others compute on their own thread meanwhile. Where there are as many ranks as processors,
///   `tensor::set_num_threads(1)` before `run` keeps them out of each other's way. Results do not depend on
///   it.
/// - `no_grad` and the like are each thread's own. What the closure captures is shared, parameters too: make
///   the net inside.
#[derive(Clone, Debug)]
pub struct Threads {
    ranks: usize,
    timeout: Duration,
}

impl Threads {
    /// So many ranks, with the usual time limit, [`DEFAULT_TIMEOUT`].
    ///
    /// # Panics
    /// If there are none.
    pub fn new(ranks: usize) -> Threads {
        assert!(ranks > 0, "Threads: at least one rank is needed");
        Threads { ranks, timeout: DEFAULT_TIMEOUT }
    }

    /// The same with another limit to how long a call waits for another rank.
    ///
    /// ```
    /// use distributed::{ErrorKind, Threads};
    /// use std::time::Duration;
    ///
    /// let threads = Threads::new(2).timeout(Duration::from_millis(50));
    /// let errors = threads.start(|comm| comm.receive(1 - comm.rank(), comm.timeout().into()).unwrap_err())?;
    /// assert_eq!(errors[0].kind(), ErrorKind::TimedOut);
    /// # Ok::<(), distributed::Error>(())
    /// ```
    pub fn timeout(self, timeout: Duration) -> Threads {
        Threads { timeout, ..self }
    }

    /// Calls `rank` on as many threads, each with its communicator, and gives what they return, in the order
    /// of ranks. See [`start`](Threads::start).
    ///
    /// # Errors
    /// If a rank panics.
    ///
    /// # Panics
    /// If `ranks` is 0.
    pub fn run<R: Send>(ranks: usize, rank: impl Fn(Arc<dyn Communicator>) -> R + Sync) -> Result<Vec<R>> {
        Threads::new(ranks).start(rank)
    }

    /// Calls `rank` on as many threads, each with its communicator, and gives what they return, in the order
    /// of ranks, when the last of them has ended.
    ///
    /// A thread cannot be ended from outside: a rank that never returns, or never makes another call of its
    /// communicator, keeps this function waiting.
    ///
    /// # Errors
    /// If a rank panics: the others learn of it at their next call, and this is the first reason that there
    /// was.
    pub fn start<R: Send>(self, rank: impl Fn(Arc<dyn Communicator>) -> R + Sync) -> Result<Vec<R>> {
        let looks_out = crate::inbox::processors_for(self.ranks);
        let inboxes = (0..self.ranks).map(|rank| Inbox::new(rank, self.ranks, looks_out)).collect();
        let world = Arc::new(World { inboxes, failure: Mutex::new(None), timeout: self.timeout });
        let generator = with_default_generator(|generator| generator.clone());
        let one = |number: usize| {
            let comm = Arc::new(Rank { world: world.clone(), number });
            let drawn = || use_generator(&mut generator.clone(), || rank(comm));
            catch_unwind(AssertUnwindSafe(drawn))
                .map_err(|panic| world.fail(Error::panicked(number, &*panic)))
        };
        std::thread::scope(|scope| {
            let one = &one;
            let spawn = |number: usize| {
                let name = format!("rank {number}");
                let thread = std::thread::Builder::new().name(name).spawn_scoped(scope, move || one(number));
                thread.map_err(|why| world.fail(Error::setup(number, why)))
            };
            let threads: Vec<_> = (0..self.ranks).map(spawn).collect();
            let join = |thread: Result<std::thread::ScopedJoinHandle<'_, Result<R>>>| {
                thread?.join().expect("its panics are caught")
            };
            threads.into_iter().map(join).collect::<Vec<Result<R>>>().into_iter().collect()
        })
    }
}

struct World {
    inboxes: Vec<Inbox>,
    failure: Mutex<Option<Error>>,
    timeout: Duration,
}

impl World {
    fn fail(&self, error: Error) -> Error {
        // Held to the end, so that of two failures at once every rank sees the same one.
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        let first = failure.get_or_insert(error).clone();
        for inbox in &self.inboxes {
            inbox.fail(first.clone());
        }
        first
    }
}

struct Rank {
    world: Arc<World>,
    number: usize,
}

impl Rank {
    #[track_caller]
    fn other(&self, what: &str, rank: usize) -> &Inbox {
        crate::communicator::assert_other(self, what, rank);
        &self.world.inboxes[rank]
    }
}

impl Communicator for Rank {
    fn rank(&self) -> usize {
        self.number
    }

    fn size(&self) -> usize {
        self.world.inboxes.len()
    }

    fn timeout(&self) -> Duration {
        self.world.timeout
    }

    fn send(&self, to: usize, message: &[u8], within: Within) -> Result<()> {
        let inbox = self.other("send", to);
        let mine = &self.world.inboxes[self.number];
        match mine.failure() {
            Some(failure) => Err(failure),
            None if mine.has_left(to) => Err(self.fail(Error::left(to, within.operation))),
            None => {
                inbox.put_copy(self.number, within.operation, message);
                Ok(())
            }
        }
    }

    fn receive(&self, from: usize, within: Within) -> Result<Vec<u8>> {
        self.other("receive", from);
        let inboxes = &self.world.inboxes;
        let message = inboxes[self.number].take(from, within, |rank| inboxes[rank].waits_for());
        message.map_err(|error| self.fail(error))
    }

    fn receive_into(&self, from: usize, message: &mut [u8], within: Within) -> Result<()> {
        let received = self.receive(from, within)?;
        put_into(self, from, within, message, &received)?;
        self.world.inboxes[self.number].recycle(received);
        Ok(())
    }

    fn fail(&self, error: Error) -> Error {
        self.world.fail(error)
    }
}

impl Drop for Rank {
    fn drop(&mut self) {
        // Whoever panics is about to be reported with the words of the panic.
        if !std::thread::panicking() {
            self.world.inboxes.iter().for_each(|inbox| inbox.leave(self.number));
        }
    }
}

#[cfg(test)]
mod tests {
    use testing::within_a_minute;

    use super::*;
    use crate::ErrorKind;

    #[test]
    fn a_rank_that_panics_ends_the_others() {
        within_a_minute(|| {
            let error = Threads::run(4, |comm| {
                if comm.rank() == 2 {
                    panic!("no data in {}", "here");
                }
                comm.barrier().expect_err("one is missing")
            });
            assert_eq!(error.unwrap_err().to_string(), "rank 2 panicked: no data in here");
        });
    }

    #[test]
    fn a_rank_that_is_late_is_named_by_all_and_hears_of_it() {
        within_a_minute(|| {
            let limit = Duration::from_millis(200);
            let all_failed = std::sync::Barrier::new(4);
            let errors = Threads::new(4).timeout(limit).start(|comm| {
                if comm.rank() == 3 {
                    all_failed.wait();
                }
                let first = comm.barrier().expect_err("one is late");
                assert_eq!(comm.all_reduce(&mut vec![1.0f32]), Err(first.clone()), "the same from now on");
                if comm.rank() != 3 {
                    all_failed.wait();
                }
                first
            });
            for error in errors.unwrap() {
                assert_eq!((error.rank(), error.kind()), (3, ErrorKind::TimedOut), "{error}");
            }
        });
    }

    #[test]
    fn whoever_leaves_is_named() {
        within_a_minute(|| {
            let results = Threads::run(3, |comm| if comm.rank() == 1 { Ok(()) } else { comm.barrier() });
            let errors: Vec<_> = results.unwrap().into_iter().filter_map(Result::err).collect();
            assert_eq!(errors.len(), 2);
            assert!(errors.iter().all(|e| e.kind() == ErrorKind::Left && e.rank() == 1), "{errors:?}");
        });
    }

    #[test]
    fn each_rank_has_a_generator_of_its_own() {
        let _alone = testing::alone();
        tensor::manual_seed(5);
        let draw = || with_default_generator(|generator| generator.next_u32());
        let draws = Threads::run(3, |comm| {
            let before = draw();
            tensor::manual_seed(comm.rank() as u64);
            (before, draw())
        });
        let first = draw();
        let of_seed = |seed| tensor::Generator::new(seed).next_u32();
        assert_eq!(draws.unwrap(), [0, 1, 2].map(|rank| (first, of_seed(rank))));
    }
}
