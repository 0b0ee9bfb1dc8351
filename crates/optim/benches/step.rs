//! One step of an optimizer: what a parameter costs in a small model, and what an element costs in a large
//! one.
//!
//! `cargo bench -p optim`. The thresholds in `src/core/step.rs` come from the rows in the middle: each is
//! run with one thread and with all.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nn::Parameter;
use optim::{Adam, Optimizer, SGD};
use tensor::set_num_threads;

fn params(count: usize, len: usize) -> Vec<Parameter> {
    let parameter = |_| {
        let p = Parameter::new(tensor::rand([len]));
        p.set_grad(Some(tensor::rand([len])));
        p
    };
    (0..count).map(parameter).collect()
}

fn steps(c: &mut Criterion) {
    let all = tensor::num_threads();
    for (count, len) in [(4, 10), (1, 65_536), (4, 65_536), (100, 10_000), (1, 10_000_000)] {
        let mut group = c.benchmark_group(format!("{count}x{len}"));
        group.throughput(Throughput::Elements((count * len) as u64));
        for threads in [1, all] {
            set_num_threads(threads);
            let mut sgd = SGD::new(params(count, len), 1e-3);
            group.bench_function(format!("sgd/{threads} threads"), |b| b.iter(|| sgd.step()));
            let mut adam = Adam::new(params(count, len), 1e-3);
            group.bench_function(format!("adam/{threads} threads"), |b| b.iter(|| adam.step()));
        }
        group.finish();
    }
}

criterion_group!(benches, steps);
criterion_main!(benches);
