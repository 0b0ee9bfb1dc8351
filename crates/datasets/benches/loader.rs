//! An epoch of 10,000 digits through the loader: `cargo bench -p datasets --features embedded`.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use datasets::transforms::{Flatten, Normalize, ToTensor};
use datasets::{DataLoader, Dataset, Mnist, TensorDataset, transforms};
use tensor::{DType, Tensor};

fn epoch(data: &Mnist, workers: usize) {
    let loader = DataLoader::new(data.clone()).batch_size(64).shuffle(true);
    let loader = if workers > 0 { loader.num_workers(workers).prefetch_factor(2) } else { loader };
    for (images, labels) in &loader {
        black_box((images, labels));
    }
}

fn loader(c: &mut Criterion) {
    let table = Mnist::embedded_train(transforms![ToTensor, Normalize::new(0.5, 0.5), Flatten]);
    let closure =
        Mnist::embedded_train(|x: Tensor| ((x.to_dtype(DType::F32) / 255.0 - 0.5) / 0.5).reshape([-1]));
    let (floats, labels) = table.batch(&(0..table.len()).collect::<Vec<_>>());
    let floats = TensorDataset::new(floats, labels);

    let mut group = c.benchmark_group("epoch of 10,000 digits");
    group.throughput(Throughput::Elements(table.len() as u64)).sample_size(20);
    group.bench_function("bytes by the table", |b| b.iter(|| epoch(&table, 0)));
    group.bench_function("bytes by the table, 1 worker", |b| b.iter(|| epoch(&table, 1)));
    group.bench_function("closure on each sample", |b| b.iter(|| epoch(&closure, 0)));
    group.bench_function("closure on each sample, 2 workers", |b| b.iter(|| epoch(&closure, 2)));
    group.bench_function("floats, the least there is to do", |b| {
        b.iter(|| {
            DataLoader::new(&floats).batch_size(64).shuffle(true).iter().for_each(|batch| {
                black_box(batch);
            })
        })
    });
    group.finish();
}

criterion_group!(benches, loader);
criterion_main!(benches);
