//! Programs that attack the thread pool: no closure outlives its call, and nothing hangs or ends the process.

mod child;

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use child::in_child;
use tensor::kernels::parallel::{self, GRAIN, MAX_THREADS};
use tensor::{Float, Map, Tensor, num_threads, set_num_threads};

/// Calls of a closure that have begun and not ended.
static RUNNING: AtomicUsize = AtomicUsize::new(0);

/// The work of a task that takes its time.
fn linger() {
    RUNNING.fetch_add(1, SeqCst);
    sleep(Duration::from_millis(2));
    RUNNING.fetch_sub(1, SeqCst);
}

/// Waits for another thread to be inside a closure; in vain if this is the only one.
fn await_company() {
    let start = Instant::now();
    while RUNNING.load(SeqCst) == 0 && start.elapsed() < Duration::from_millis(50) {
        std::thread::yield_now();
    }
}

/// Runs `call`, which panics, and sees to it that it leaves nothing running.
#[track_caller]
fn attack(call: impl FnOnce()) {
    let payload = catch_unwind(AssertUnwindSafe(call)).expect_err("a task panicked");
    std::mem::forget(payload);
    for _ in 0..20 {
        assert_eq!(RUNNING.load(SeqCst), 0, "a closure outlives its call");
        sleep(Duration::from_millis(1));
    }
}

/// Sees to it that another thread still takes part.
#[track_caller]
fn workers_live() {
    let (met, alone) = (AtomicUsize::new(0), AtomicBool::new(false));
    parallel::run(2, |_| {
        met.fetch_add(1, SeqCst);
        let start = Instant::now();
        while met.load(SeqCst) < 2 {
            std::thread::yield_now();
            if start.elapsed() > Duration::from_secs(30) {
                return alone.store(true, SeqCst);
            }
        }
    });
    assert!(!alone.load(SeqCst), "no worker is left");
}

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            panic!()
        }
    }
}

/// Panics when it is dropped, with another of its kind.
struct Chain;

impl Drop for Chain {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            panic_any(Chain)
        }
    }
}

/// Asks for threads when it is dropped, and whose tasks panic.
struct Splitter;

impl Drop for Splitter {
    fn drop(&mut self) {
        parallel::run(8, |_| panic_any(Bomb));
    }
}

#[test]
fn no_closure_outlives_a_call_whose_panics_panic() {
    in_child("no_closure_outlives_a_call_whose_panics_panic", || {
        let throws: [fn(); 4] =
            [|| panic_any(Bomb), || panic_any(Chain), || panic_any(Splitter), || panic!("plainly")];
        for threads in [1, 2, 4] {
            set_num_threads(threads);
            for throw in throws {
                for throwing in [1, 2, 64] {
                    let v: Vec<AtomicUsize> = (0..64).map(|_| AtomicUsize::new(0)).collect();
                    attack(|| {
                        parallel::run(64, |i| {
                            v[i].fetch_add(1, SeqCst);
                            if i < throwing {
                                if i < 2 {
                                    await_company();
                                }
                                throw();
                            }
                            linger();
                            v[i].fetch_add(1, SeqCst);
                        });
                    });
                    assert!(v.iter().all(|v| v.load(SeqCst) <= 2), "each task runs once");
                    let split = |_: usize, y: &mut [u8]| match y[0] {
                        0 => {
                            await_company();
                            throw()
                        }
                        _ => linger(),
                    };
                    attack(|| parallel::for_each_chunk_mut(&mut [0, 0, 1, 1, 1, 0, 1, 1], 1, split));
                }
                if threads > 1 {
                    workers_live();
                }
            }
            every_task_runs_once();
        }
    });
}

#[derive(Clone, Copy)]
struct Attack;

impl<T: Float> Map<T> for Attack {
    fn f(&self, x: T) -> T {
        match x.to_f64() {
            1.0 => {
                await_company();
                panic_any(Bomb)
            }
            2.0 => linger(),
            _ => (),
        }
        x
    }
}

impl<T: Float> Map<(T, T), T> for Attack {
    fn f(&self, (x, _): (T, T)) -> T {
        Attack.f(x)
    }
}

#[test]
fn no_function_of_elements_outlives_its_call() {
    in_child("no_function_of_elements_outlives_its_call", || {
        set_num_threads(4);
        // The first element of a piece decides what becomes of it.
        let mut x = vec![0.0f32; 16 * GRAIN];
        for (i, x) in x.iter_mut().step_by(GRAIN).enumerate() {
            *x = if i < 2 { 1.0 } else { 2.0 };
        }
        let x = Tensor::from_vec(x, [16 * GRAIN]);
        let own = |x: &Tensor| Tensor::from_slice(x.as_slice::<f32>(), x.shape());
        for _ in 0..4 {
            attack(|| drop(x.zip_map(&x, Attack)));
            attack(|| drop(own(&x).into_zip_map(&x, Attack)));
            attack(|| drop(x.map(Attack)));
            attack(|| drop(own(&x).into_map(Attack)));
        }
        assert_eq!((&x + 1.0).sum().item(), x.sum().item() + x.numel() as f64);
    });
}

fn every_task_runs_once() {
    let counts: Vec<AtomicUsize> = (0..1000).map(|_| AtomicUsize::new(0)).collect();
    parallel::run(1000, |i| {
        counts[i].fetch_add(1, SeqCst);
    });
    assert!(counts.iter().all(|count| count.load(SeqCst) == 1));
}

/// Products that go each way there is, a sum and a function of many elements.
fn compute() -> Vec<f32> {
    let ramp = |m: usize, n: usize| {
        Tensor::from_vec((0..m * n).map(|i| (i % 17) as f32 - 8.0).collect::<Vec<_>>(), [m, n])
    };
    let mut y = Vec::new();
    for (m, k, n) in [(1, 300, 400), (64, 100, 400), (64, 100, 10), (130, 70, 260), (3, 2, 3)] {
        let (a, b) = (ramp(m, k), ramp(n, k));
        y.extend(a.matmul(&b.t()).to_vec::<f32>());
        y.extend(a.matmul(&b.t().contiguous()).sum().to_vec::<f32>());
        y.extend(a.t().contiguous().t().matmul(&b.t()).sum().to_vec::<f32>());
    }
    y.extend((ramp(1000, 100).exp() * 2.0).sum().to_vec::<f32>());
    y
}

/// Computes when it is dropped, and says what came out.
struct Last(mpsc::Sender<Vec<f32>>);

impl Drop for Last {
    fn drop(&mut self) {
        tensor::manual_seed(3);
        let drawn = tensor::randn([20]).to_vec::<f32>();
        self.0.send([compute(), drawn].concat()).unwrap();
    }
}

thread_local! {
    static LAST: RefCell<Option<Last>> = const { RefCell::new(None) };
}

#[test]
fn a_thread_computes_to_its_end() {
    in_child("a_thread_computes_to_its_end", || {
        tensor::manual_seed(3);
        let drawn = tensor::randn([20]).to_vec::<f32>();
        let expected = [compute(), drawn].concat();
        for threads in [1, 4] {
            set_num_threads(threads);
            for computes_before in [false, true] {
                let (send, receive) = mpsc::channel();
                let thread = std::thread::spawn(move || {
                    LAST.set(Some(Last(send)));
                    // The thread-locals that this fills are gone before `LAST` is dropped.
                    if computes_before {
                        compute();
                    }
                });
                assert!(receive.recv().expect("the destructor computes") == expected);
                thread.join().unwrap();
            }
        }
    });
}

#[test]
fn the_first_random_number_may_be_a_threads_last() {
    in_child("the_first_random_number_may_be_a_threads_last", || {
        struct Draws;
        impl Drop for Draws {
            fn drop(&mut self) {
                // The state that `rand` keeps for this thread is gone.
                tensor::randn([2]);
            }
        }
        thread_local! {
            static DRAWS: RefCell<Option<Draws>> = const { RefCell::new(None) };
        }
        let draw = || {
            DRAWS.set(Some(Draws));
            rand::random::<u64>();
        };
        std::thread::spawn(draw).join().unwrap();
        tensor::randn([2]);
    });
}

#[test]
fn any_number_of_threads_may_be_asked_for() {
    in_child("any_number_of_threads_may_be_asked_for", || {
        set_num_threads(1);
        let expected = compute();
        for threads in [MAX_THREADS, MAX_THREADS + 1, 1 << 40, usize::MAX] {
            set_num_threads(threads);
            assert_eq!(num_threads(), MAX_THREADS);
            parallel::run(num_threads(), |_| ());
            every_task_runs_once();
            assert!(compute() == expected);
        }
    });
}

#[test]
fn a_task_may_be_anything() {
    in_child("a_task_may_be_anything", || {
        set_num_threads(4);
        // Tasks that split, whose tasks panic, that change the number of threads, and that leave a token for
        // the thread.
        for _ in 0..50 {
            parallel::run(16, |i| match i % 4 {
                0 => every_task_runs_once(),
                1 => assert!(catch_unwind(|| parallel::run(4, |_| panic!("inside"))).is_err()),
                2 => set_num_threads(1 + i),
                _ => std::thread::current().unpark(),
            });
        }
        // Other threads ask for threads from within tasks.
        parallel::run(4, |_| {
            std::thread::scope(|scope| {
                scope.spawn(every_task_runs_once);
            })
        });
    });
}

#[cfg(target_os = "linux")]
mod fork {
    use std::os::unix::process::ExitStatusExt;

    use super::child::outcome_in_child;
    use super::*;

    /// Forks, runs `child` there, and says how it ended: its exit code, or `None` for a signal.
    fn fork(child: impl FnOnce()) -> Option<i32> {
        // SAFETY: the child has this thread alone; the C library sees to its own locks.
        let id = unsafe { libc::fork() };
        assert!(id >= 0);
        if id == 0 {
            // SAFETY: neither call touches memory. The alarm ends a child that hangs.
            unsafe { libc::alarm(60) };
            let done = catch_unwind(AssertUnwindSafe(child)).is_ok();
            // SAFETY: as above.
            unsafe { libc::_exit(i32::from(!done)) };
        }
        let mut status = 0;
        // SAFETY: the status is written before the call returns.
        assert_eq!(unsafe { libc::waitpid(id, &mut status, 0) }, id);
        libc::WIFEXITED(status).then(|| libc::WEXITSTATUS(status))
    }

    #[test]
    fn a_forked_process_computes() {
        in_child("fork::a_forked_process_computes", || {
            set_num_threads(4);
            let expected = compute();
            let over = AtomicBool::new(false);
            std::thread::scope(|scope| {
                // Whatever these hold at the moment of a fork, nobody in the child will let go of.
                for _ in 0..2 {
                    scope.spawn(|| {
                        while !over.load(SeqCst) {
                            parallel::run(8, |_| drop(tensor::zeros([100])));
                            tensor::empty_cache();
                        }
                    });
                }
                let outcomes: Vec<_> = (0..16)
                    .map(|i| {
                        fork(|| {
                            set_num_threads(4 + i % 3);
                            assert!(compute() == expected);
                            tensor::empty_cache();
                            every_task_runs_once();
                        })
                    })
                    .collect();
                over.store(true, SeqCst);
                assert!(outcomes.iter().all(|&code| code == Some(0)), "{outcomes:?}");
            });
        });
    }

    #[test]
    fn a_process_forked_inside_a_task_ends_rather_than_waits() {
        let (status, said) =
            outcome_in_child("fork::a_process_forked_inside_a_task_ends_rather_than_waits", || {
                set_num_threads(2);
                let main = std::thread::current().id();
                parallel::run(2, |_| {
                    if std::thread::current().id() != main {
                        return sleep(Duration::from_millis(50));
                    }
                    // Long enough for the other task to be claimed by the other thread.
                    sleep(Duration::from_millis(20));
                    // SAFETY: as in `fork`; the child goes on with this task.
                    if unsafe { libc::fork() } == 0 {
                        // SAFETY: as in `fork`.
                        unsafe { libc::alarm(60) };
                    } else {
                        let mut status = 0;
                        // SAFETY: as in `fork`.
                        unsafe { libc::wait(&mut status) };
                        assert_eq!(libc::WTERMSIG(status), libc::SIGABRT);
                    }
                });
            });
        assert!(status.success(), "{status}, signal {:?}: {said}", status.signal());
        assert!(said.contains("it was forked inside a parallel task"), "{said}");
    }
}
