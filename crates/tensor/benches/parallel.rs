//! The cost of a split: the pool of `kernels::parallel` beside `rayon::scope`, for jobs of a training step's
//! size that come in a tight row, and for jobs after a pause in which the threads fell asleep.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tensor::kernels::parallel;

const TASKS: usize = 16;

/// Some `ns` nanoseconds that touch no memory, more or fewer by processor; never inlined, so that every
/// contestant runs the same loop.
#[inline(never)]
fn compute(ns: usize) {
    for i in 0..ns {
        black_box(i);
    }
}

fn rayon_run(threads: usize, task: impl Fn(usize) + Sync) {
    let next = AtomicUsize::new(0);
    let work = || {
        loop {
            let i = next.fetch_add(1, Relaxed);
            if i >= TASKS {
                break;
            }
            task(i);
        }
    };
    rayon::scope(|scope| {
        (1..threads).for_each(|_| scope.spawn(|_| work()));
        work();
    });
}

fn wait(pause: Duration) {
    let start = Instant::now();
    while start.elapsed() < pause {}
}

fn split(c: &mut Criterion) {
    for pause in [0, 50, 2000] {
        for micros in [0, 50, 250] {
            let mut group = c.benchmark_group(format!("{micros} us of work, {pause} us apart"));
            group
                .sample_size(20)
                .measurement_time(Duration::from_secs(1))
                .warm_up_time(Duration::from_millis(200));
            let task = |_| compute(micros * 1000 / TASKS);
            let pause = || wait(Duration::from_micros(pause));
            group.bench_function("serial", |b| {
                b.iter_batched(pause, |()| (0..TASKS).for_each(task), BatchSize::PerIteration)
            });
            for threads in [2, 4] {
                parallel::set_num_threads(threads);
                group.bench_function(format!("pool, {threads} threads"), |b| {
                    b.iter_batched(pause, |()| parallel::run(TASKS, task), BatchSize::PerIteration)
                });
                group.bench_function(format!("rayon, {threads} threads"), |b| {
                    b.iter_batched(pause, |()| rayon_run(threads, task), BatchSize::PerIteration)
                });
            }
        }
    }
}

criterion_group!(benches, split);
criterion_main!(benches);
