//! The f32 product on every instruction set this machine has (`portable` is `matrixmultiply`, which also uses
//! AVX2): the products of a batch of 64, a tiny one, and cubes. One thread; set `THREADS` for more.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::time::Duration;
use tensor::kernels::gemm::{Operands, gemm_on};
use tensor::kernels::mat::{Mat, MatMut};
use tensor::kernels::parallel::set_num_threads;
use tensor::kernels::simd::Isa;

/// `(name, m, n, k, A is a transpose, B is a transpose)`
const PRODUCTS: [(&str, usize, usize, usize, bool, bool); 12] = [
    ("X·Wᵀ", 64, 400, 784, false, true),
    ("X·Wᵀ", 64, 200, 400, false, true),
    ("X·Wᵀ", 64, 10, 100, false, true),
    ("dY·W", 64, 784, 400, false, false),
    ("dY·W", 64, 400, 200, false, false),
    ("dYᵀ·X", 400, 784, 64, true, false),
    ("dYᵀ·X", 200, 400, 64, true, false),
    ("x·Wᵀ", 1, 400, 784, false, true),
    ("A·B", 2, 4, 1, false, false),
    ("A·B", 64, 64, 64, false, false),
    ("A·B", 512, 512, 512, false, false),
    ("A·B", 1024, 1024, 1024, false, false),
];

fn products(criterion: &mut Criterion) {
    let threads = std::env::var("THREADS").ok().and_then(|n| n.parse().ok()).unwrap_or(1);
    set_num_threads(threads);
    for (name, m, n, k, a_t, b_t) in PRODUCTS {
        let mut group = criterion.benchmark_group(format!("{name} {m}×{n}×{k}, {threads} threads"));
        group.throughput(Throughput::ElementsAndBytes { elements: (2 * m * n * k) as u64, bytes: 0 });
        group
            .sample_size(20)
            .warm_up_time(Duration::from_millis(100))
            .measurement_time(Duration::from_millis(500));
        let a: Vec<f32> = (0..m * k).map(|i| (i % 97) as f32 - 48.0).collect();
        let b: Vec<f32> = (0..k * n).map(|i| (i % 89) as f32 - 44.0).collect();
        let mut c = vec![0.0; m * n];
        let a = if a_t { Mat::rows(&a, [k, m]).t() } else { Mat::rows(&a, [m, k]) };
        let b = if b_t { Mat::rows(&b, [n, k]).t() } else { Mat::rows(&b, [k, n]) };
        for isa in Isa::available() {
            group.bench_function(BenchmarkId::from_parameter(isa.name()), |bencher| {
                bencher.iter(|| {
                    let c = MatMut::rows(&mut c, [m, n]);
                    gemm_on(isa, Operands { alpha: 1.0, a, b, beta: 0.0, bias: None, c, batched: false })
                })
            });
        }
    }
}

criterion_group!(benches, products);
criterion_main!(benches);
