//! Whether a second thread ever costs time: every kind of kernel, from one element to ten million.

use std::time::{Duration, Instant};

use autograd::{Variable, linear};
use nn::Parameter;
use optim::{Adam, Optimizer};

/// The least time of a sample; shorter calls are repeated.
const SAMPLE: Duration = Duration::from_micros(500);

/// Samples of each thread count, in alternation.
const ROUNDS: usize = 21;

/// Slower by no more than this is noise.
const NOISE: f64 = 1.1;

type Call = Box<dyn FnMut()>;

/// A kernel, the sizes it is tried at, and how to prepare it for one.
type Kernel = (&'static str, &'static [usize], fn(usize) -> Call);

const ELEMENTS: &[usize] = &[
    1,
    4,
    16,
    64,
    256,
    1 << 10,
    1 << 12,
    1 << 14,
    1 << 15,
    1 << 16,
    1 << 17,
    1 << 18,
    1 << 20,
    1 << 22,
    10_000_000,
];
const SQUARES: &[usize] = &[1, 2, 4, 8, 16, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024];
const WIDTHS: &[usize] = &[1, 4, 10, 16, 32, 64, 100, 128, 200, 256, 400, 512, 784, 1024, 2048];

const KERNELS: &[Kernel] = &[
    ("x.relu()", ELEMENTS, |n| {
        let x = tensor::randn(n);
        Box::new(move || drop(x.relu()))
    }),
    ("x.tanh()", ELEMENTS, |n| {
        let x = tensor::randn(n);
        Box::new(move || drop(x.tanh()))
    }),
    ("x + y", ELEMENTS, |n| {
        let (x, y) = (tensor::randn(n), tensor::randn(n));
        Box::new(move || drop(&x + &y))
    }),
    ("x.sum()", ELEMENTS, |n| {
        let x = tensor::randn(n);
        Box::new(move || drop(x.sum()))
    }),
    ("sum over rows of 100", ELEMENTS, |n| {
        let x = tensor::randn([n.div_ceil(100), 100]);
        Box::new(move || drop(x.sum_dim(0, false)))
    }),
    ("softmax over rows of 10", ELEMENTS, |n| {
        let x = tensor::randn([n.div_ceil(10), 10]);
        Box::new(move || drop(x.softmax(1)))
    }),
    ("softmax over rows of 1000", ELEMENTS, |n| {
        let x = tensor::randn([n.div_ceil(1000), 1000.min(n)]);
        Box::new(move || drop(x.softmax(1)))
    }),
    ("n×n · n×n", SQUARES, |n| {
        let (a, b) = (tensor::randn([n, n]), tensor::randn([n, n]));
        Box::new(move || drop(a.matmul(&b)))
    }),
    ("1×n · (n×n)ᵀ", WIDTHS, |n| {
        let (a, b) = (tensor::randn([1, n]), tensor::randn([n, n]).t());
        Box::new(move || drop(a.matmul(&b)))
    }),
    ("64×n · (n×n)ᵀ", WIDTHS, |n| {
        let (a, b) = (tensor::randn([64, n]), tensor::randn([n, n]).t());
        Box::new(move || drop(a.matmul(&b)))
    }),
    ("64×n · n×n", WIDTHS, |n| {
        let (a, b) = (tensor::randn([64, n]), tensor::randn([n, n]));
        Box::new(move || drop(a.matmul(&b)))
    }),
    ("(64×n)ᵀ · 64×n", WIDTHS, |n| {
        let (a, b) = (tensor::randn([64, n]).t(), tensor::randn([64, n]));
        Box::new(move || drop(a.matmul(&b)))
    }),
    ("linear n → n, batch 64, both ways", WIDTHS, |n| {
        let x = Variable::new(tensor::randn([64, n]));
        let w = Variable::new(tensor::randn([n, n])).requires_grad_(true);
        let b = Variable::new(tensor::randn(n)).requires_grad_(true);
        let dy = tensor::randn([64, n]);
        Box::new(move || {
            w.zero_grad();
            b.zero_grad();
            linear(&x, &w, Some(&b)).backward_with(dy.clone());
        })
    }),
    ("Adam step", ELEMENTS, |n| {
        let p = Parameter::new(tensor::randn(n));
        p.set_grad(Some(tensor::randn(n)));
        let mut optim = Adam::new([p], 1e-3);
        Box::new(move || optim.step())
    }),
];

/// Prints what each thread count gains over one at every size, and which sizes lose.
pub(super) fn run(threads: &[usize]) {
    println!("time on 1 thread, and how many times faster on {threads:?}\n");
    let mut slower = Vec::new();
    for (name, sizes, prepare) in KERNELS {
        println!("{name}");
        for &n in *sizes {
            let times = measure(prepare(n), threads);
            let mut line = format!("  n = {n:<9} {:9.2} µs ", times[0].median * 1e6);
            for (&threads, time) in threads.iter().zip(&times[1..]) {
                line += &format!(" {:5.2}×", times[0].median / time.median);
                // A call that is slower is so in the calmest moment too.
                if time.median > NOISE * times[0].median && time.least > NOISE * times[0].least {
                    slower.push(format!(
                        "{name}, n = {n}: {threads} threads take {:.2} times as long as 1",
                        time.least / times[0].least
                    ));
                }
            }
            println!("{line}");
        }
    }
    println!("\nslower than on 1 thread by more than {:.0} %: {}", (NOISE - 1.0) * 100.0, slower.len());
    slower.iter().for_each(|line| println!("  {line}"));
}

struct Time {
    least: f64,
    median: f64,
}

/// Seconds of a call on 1 thread and on each of `threads`.
fn measure(mut call: Call, threads: &[usize]) -> Vec<Time> {
    let counts: Vec<usize> = [1].into_iter().chain(threads.iter().copied()).collect();
    tensor::set_num_threads(1);
    call();
    let start = Instant::now();
    let mut repetitions = 0;
    while start.elapsed() < SAMPLE {
        call();
        repetitions += 1;
    }
    let mut samples = vec![Vec::new(); counts.len()];
    for _ in 0..ROUNDS {
        for (&threads, samples) in counts.iter().zip(&mut samples) {
            tensor::set_num_threads(threads);
            // The threads wake up, and the caches hold what this count leaves in them.
            (0..1 + repetitions / 4).for_each(|_| call());
            let start = Instant::now();
            (0..repetitions).for_each(|_| call());
            samples.push(start.elapsed().as_secs_f64() / f64::from(repetitions));
        }
    }
    let time = |mut samples: Vec<f64>| {
        samples.sort_by(f64::total_cmp);
        Time { least: samples[0], median: samples[ROUNDS / 2] }
    };
    samples.into_iter().map(time).collect()
}
