//! The workloads on our side: each is prepared once and gives a closure that takes
//! one sample, in seconds per unit.

use std::time::{Duration, Instant};

use autograd::{Variable, no_grad};
use datasets::DataLoader;
use examples::mlp;
use nn::{
    BCEWithLogitsLoss, CrossEntropyLoss, Forward, Linear, Module, Parameter, ReLU, Sequential, Tanh,
    sequential,
};
use optim::{Adam, Optimizer, SGD};
use tensor::Tensor;

use super::data::{Data, SAMPLES};
use super::{attention, images, sequences};

/// Takes one sample: seconds per unit of work.
pub(super) type Sample = Box<dyn FnMut() -> f64>;

/// How a figure is shown.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Unit {
    Seconds,
    Milliseconds,
    Microseconds,
    /// A rate: this many operations per unit of work.
    GigaFlops(f64),
}

/// One line of the table.
pub(super) struct Row {
    pub(super) letter: char,
    pub(super) title: &'static str,
    /// The name of the torch side's function.
    pub(super) workload: &'static str,
    pub(super) variant: &'static str,
    /// The variants that torch is tried with; the best counts.
    pub(super) torch_variants: &'static [&'static str],
    pub(super) unit: Unit,
    /// How many times torch's speed is asked for.
    pub(super) target: f64,
    pub(super) prepare: fn(&Data, &str, usize) -> Sample,
}

const PLAIN: Row = Row {
    letter: ' ',
    title: "",
    workload: "",
    variant: "default",
    torch_variants: &["default"],
    unit: Unit::Seconds,
    target: 1.0,
    prepare: toy,
};

macro_rules! product {
    ($kind:literal $m:literal $n:literal $k:literal, $target:literal, $title:literal) => {
        Row {
            letter: 'D',
            title: concat!("matmul ", $title),
            workload: "matmul",
            variant: concat!($kind, "x", $m, "x", $n, "x", $k),
            torch_variants: &[concat!($kind, "x", $m, "x", $n, "x", $k)],
            unit: Unit::GigaFlops(2.0e-9 * $m as f64 * $n as f64 * $k as f64),
            target: $target,
            prepare: matmul,
        }
    };
}

macro_rules! step {
    ($letter:literal $net:literal $widths:literal, $batch:literal, $unit:expr) => {
        Row {
            letter: $letter,
            title: concat!($net, ", SGD, a step of ", $batch),
            workload: "step",
            variant: concat!($batch, "x", $widths),
            torch_variants: &[concat!($batch, "x", $widths)],
            unit: $unit,
            target: 1.1,
            prepare: step,
        }
    };
}

macro_rules! net {
    ($letter:literal $net:literal, $target:literal, $title:literal) => {
        Row {
            letter: $letter,
            title: concat!($title, ", a step of 64"),
            workload: "images",
            variant: $net,
            torch_variants: &[$net],
            unit: Unit::Milliseconds,
            target: $target,
            prepare: images::step,
        }
    };
}

macro_rules! conv {
    ($($pass:literal $sizes:literal, $title:literal;)*) => {
        [$(Row {
            letter: 'P',
            title: concat!("conv ", $title, ", ", $pass),
            workload: "conv",
            variant: concat!($pass, "-", $sizes),
            torch_variants: &[concat!($pass, "-", $sizes)],
            unit: Unit::Milliseconds,
            target: 1.2,
            prepare: images::conv,
        }),*]
    };
}

/// Each pass of single convolutions.
const CONVOLUTIONS: [Row; 17] = conv! {
    "y" "1x28x6x5x2x1", "1→6 5×5 28²";
    "dw" "1x28x6x5x2x1", "1→6 5×5 28²";
    "y" "6x14x16x5x0x1", "6→16 5×5 14²";
    "dx" "6x14x16x5x0x1", "6→16 5×5 14²";
    "dw" "6x14x16x5x0x1", "6→16 5×5 14²";
    "y" "32x26x64x3x0x1", "32→64 3×3 26²";
    "dx" "32x26x64x3x0x1", "32→64 3×3 26²";
    "dw" "32x26x64x3x0x1", "32→64 3×3 26²";
    "y" "64x14x64x3x1x1", "64→64 3×3 14²";
    "dx" "64x14x64x3x1x1", "64→64 3×3 14²";
    "dw" "64x14x64x3x1x1", "64→64 3×3 14²";
    "y" "64x14x128x1x0x1", "64→128 1×1 14²";
    "dx" "64x14x128x1x0x1", "64→128 1×1 14²";
    "dw" "64x14x128x1x0x1", "64→128 1×1 14²";
    "y" "64x28x64x3x1x64", "64 alone 3×3 28²";
    "dx" "64x28x64x3x1x64", "64 alone 3×3 28²";
    "dw" "64x28x64x3x1x64", "64 alone 3×3 28²";
};

/// Other layers, and a whole net on one image.
const LAYERS: &[Row] = &[
    Row {
        letter: 'Q',
        title: "max-pool 2×2 on 64×64×24×24, forward and back",
        workload: "layers",
        variant: "pool",
        torch_variants: &["pool"],
        unit: Unit::Milliseconds,
        target: 5.0,
        prepare: images::layers,
    },
    Row {
        letter: 'Q',
        title: "batch norm + ReLU on 64×32×32×32, forward and back",
        workload: "layers",
        variant: "norm",
        torch_variants: &["norm"],
        unit: Unit::Milliseconds,
        target: 2.0,
        prepare: images::layers,
    },
    Row {
        letter: 'S',
        title: "ResNet-18, eval, one image of 224²",
        workload: "predict",
        unit: Unit::Milliseconds,
        target: 1.0,
        prepare: images::predict,
        ..PLAIN
    },
];

/// All rows of the table, in its order.
pub(super) fn rows() -> impl Iterator<Item = &'static Row> {
    ROWS.iter().chain(&CONVOLUTIONS).chain(LAYERS).chain(&attention::ROWS).chain(&sequences::ROWS)
}

const ROWS: &[Row] = &[
    Row {
        letter: 'A',
        title: "2-4-1 net, 400 points, SGD, step",
        workload: "toy",
        unit: Unit::Microseconds,
        target: 20.0,
        ..PLAIN
    },
    Row {
        letter: 'B',
        title: "784-400-200-100-10, batch 64, SGD, epoch",
        workload: "epoch_sgd",
        target: 1.5,
        prepare: epoch_sgd,
        ..PLAIN
    },
    Row {
        letter: 'C',
        title: "784-200-10, batch 64, Adam, later epoch",
        workload: "epoch_adam",
        torch_variants: &["default", "fused"],
        target: 3.0,
        prepare: epoch_adam,
        ..PLAIN
    },
    product!("nt" 64 400 784, 1.1, "64×784·(400×784)ᵀ"),
    product!("nt" 64 200 400, 1.1, "64×400·(200×400)ᵀ"),
    product!("nn" 64 784 400, 1.1, "64×400·400×784"),
    product!("tn" 400 784 64, 1.1, "(64×400)ᵀ·64×784"),
    product!("nn" 64 64 64, 1.0, "64³"),
    product!("nn" 512 512 512, 1.0, "512³"),
    product!("nn" 1024 1024 1024, 1.0, "1024³"),
    product!("nn" 2048 2048 2048, 1.0, "2048³"),
    Row {
        letter: 'E',
        title: "Adam step, 10 M parameters",
        workload: "adam_one",
        torch_variants: &["default", "fused"],
        unit: Unit::Milliseconds,
        target: 1.0,
        prepare: adam_one,
        ..PLAIN
    },
    Row {
        letter: 'F',
        title: "Adam step, 100 × 10,000 parameters",
        workload: "adam_many",
        torch_variants: &["default", "fused"],
        unit: Unit::Milliseconds,
        target: 2.0,
        prepare: adam_many,
        ..PLAIN
    },
    Row {
        letter: 'G',
        title: "relu(x) + x·2, 10 M",
        workload: "elementwise",
        variant: "relu",
        torch_variants: &["relu"],
        unit: Unit::Milliseconds,
        target: 3.0,
        prepare: elementwise,
    },
    Row {
        letter: 'G',
        title: "sum, 10 M",
        workload: "elementwise",
        variant: "sum",
        torch_variants: &["sum"],
        unit: Unit::Milliseconds,
        target: 1.0,
        prepare: elementwise,
    },
    Row {
        letter: 'G',
        title: "softmax, 4096×1000",
        workload: "elementwise",
        variant: "softmax",
        torch_variants: &["softmax"],
        unit: Unit::Milliseconds,
        target: 1.0,
        prepare: elementwise,
    },
    Row {
        letter: 'H',
        title: "B with per-sample transforms and a loader",
        workload: "epoch_loader",
        torch_variants: &["plain", "workers"],
        target: 2.5,
        prepare: epoch_loader,
        ..PLAIN
    },
    Row {
        letter: 'J',
        title: "inference of B's net, one image",
        workload: "inference",
        unit: Unit::Microseconds,
        target: 5.0,
        prepare: inference,
        ..PLAIN
    },
    step!('K' "784-400-200-100-10" "784x400x200x100x10", 1, Unit::Microseconds),
    step!('K' "784-400-200-100-10" "784x400x200x100x10", 8, Unit::Microseconds),
    step!('K' "784-400-200-100-10" "784x400x200x100x10", 512, Unit::Milliseconds),
    step!('K' "784-400-200-100-10" "784x400x200x100x10", 4096, Unit::Milliseconds),
    step!('L' "784-2048-2048-10" "784x2048x2048x10", 1, Unit::Milliseconds),
    step!('L' "784-2048-2048-10" "784x2048x2048x10", 8, Unit::Milliseconds),
    step!('L' "784-2048-2048-10" "784x2048x2048x10", 512, Unit::Milliseconds),
    step!('L' "784-2048-2048-10" "784x2048x2048x10", 4096, Unit::Milliseconds),
    net!('M' "lenet5", 3.0, "LeNet-5, Adam"),
    net!('N' "mnist", 1.6, "PyTorch's MNIST example, Adadelta"),
    net!('O' "resnet", 1.5, "ResNet of 3×3 convolutions, 16 to 64 channels, SGD"),
];

/// How long a workload of many repetitions runs before it is timed.
const WARM_UP: Duration = Duration::from_millis(25);

/// Untimed repetitions come first: processors that were idle take milliseconds to come back.
pub(super) fn timed(repetitions: u32, mut f: impl FnMut() + 'static) -> Sample {
    Box::new(move || {
        let start = Instant::now();
        while repetitions > 1 && start.elapsed() < WARM_UP {
            f();
        }
        let start = Instant::now();
        for _ in 0..repetitions {
            f();
        }
        start.elapsed().as_secs_f64() / f64::from(repetitions)
    })
}

fn toy(_: &Data, _: &str, _: usize) -> Sample {
    let net = sequential![Linear::new(2, 4), Tanh::new(), Linear::new(4, 1)];
    let x = Variable::new(tensor::randn([400, 2]));
    let y = Variable::new(tensor::randint(0, 2, [400, 1]).to_dtype(tensor::DType::F32));
    let criterion = BCEWithLogitsLoss::new();
    let mut optim = SGD::new(net.parameters(), 1.0);
    timed(500, move || {
        let loss = criterion.forward(&net.forward(&x), &y);
        optim.zero_grad();
        loss.backward();
        optim.step();
    })
}

/// The tutorial's larger net.
fn large_net() -> Sequential {
    sequential![
        Linear::new(784, 400),
        ReLU::new(),
        Linear::new(400, 200),
        ReLU::new(),
        Linear::new(200, 100),
        ReLU::new(),
        Linear::new(100, 10)
    ]
}

fn train_step(net: &Sequential, optim: &mut dyn Optimizer, x: Tensor, y: Tensor) {
    let out = net.forward(&Variable::new(x));
    let loss = CrossEntropyLoss::new().forward(&out, &Variable::new(y));
    optim.zero_grad();
    loss.backward();
    optim.step();
}

/// An epoch over images that wait in memory as floats, picked batch by batch.
fn in_memory(net: Sequential, mut optim: impl Optimizer + 'static) -> Sample {
    let (x, y) = Data::preloaded();
    timed(1, move || {
        let order = tensor::randperm(SAMPLES);
        for at in (0..SAMPLES).step_by(64) {
            let index = order.narrow(0, at as isize, 64.min(SAMPLES - at));
            train_step(&net, &mut optim, x.index_select(0, &index), y.index_select(0, &index));
        }
    })
}

/// The numbers in a variant, such as `64x784x10`.
pub(super) fn sizes(variant: &str) -> Vec<usize> {
    variant.split('x').map(|n| n.parse().expect("the variants above have this form")).collect()
}

/// How often work of so many operations is repeated in a sample.
fn repetitions(operations: f64) -> u32 {
    (2e9 / operations).clamp(1.0, 500.0) as u32
}

/// One step on the same batch again and again: the variant is its size and the net's.
fn step(_: &Data, variant: &str, _: usize) -> Sample {
    let [batch, ref widths @ ..] = sizes(variant)[..] else { unreachable!("a batch and widths") };
    let net = mlp(widths);
    let weights: usize = widths.windows(2).map(|w| w[0] * w[1]).sum();
    let mut optim = SGD::new(net.parameters(), 0.01);
    let (x, y) = (tensor::randn([batch, widths[0]]), tensor::randint(0, 10, [batch]));
    let operations = 6.0 * weights as f64 * batch as f64; // a product forward and two back
    timed(repetitions(operations), move || train_step(&net, &mut optim, x.clone(), y.clone()))
}

fn epoch_sgd(_: &Data, _: &str, _: usize) -> Sample {
    let net = large_net();
    let optim = SGD::new(net.parameters(), 0.1);
    in_memory(net, optim)
}

fn epoch_adam(_: &Data, _: &str, _: usize) -> Sample {
    let net = sequential![Linear::new(784, 200), ReLU::new(), Linear::new(200, 10)];
    let optim = Adam::new(net.parameters(), 1e-3);
    let mut sample = in_memory(net, optim);
    sample(); // the moments of pixels that are always 0 decay from the second epoch on
    sample
}

fn epoch_loader(_: &Data, _: &str, threads: usize) -> Sample {
    let net = large_net();
    let mut optim = SGD::new(net.parameters(), 0.1);
    let digits = Data::digits();
    timed(1, move || {
        let loader = DataLoader::new(digits.clone()).batch_size(64).shuffle(true);
        let loader = if threads > 1 { loader.num_workers(1).prefetch_factor(2) } else { loader };
        for (x, y) in loader.iter() {
            train_step(&net, &mut optim, x, y);
        }
    })
}

fn matmul(_: &Data, variant: &str, _: usize) -> Sample {
    let (kind, rest) = variant.split_once('x').expect("the variants above have this form");
    let [m, n, k] = sizes(rest)[..] else { unreachable!("three sizes") };
    let a = if kind == "tn" { tensor::randn([k, m]).t() } else { tensor::randn([m, k]) };
    let b = if kind == "nt" { tensor::randn([n, k]).t() } else { tensor::randn([k, n]) };
    let repetitions = (2e9 / (2.0 * m as f64 * n as f64 * k as f64)).max(3.0) as u32;
    timed(repetitions, move || drop(a.matmul(&b)))
}

fn adam(sizes: &[usize], repetitions: u32) -> Sample {
    let parameters: Vec<Parameter> = sizes.iter().map(|&n| Parameter::new(tensor::randn(n))).collect();
    for p in &parameters {
        p.set_grad(Some(tensor::randn(p.numel())));
    }
    let mut optim = Adam::new(parameters, 1e-3);
    timed(repetitions, move || optim.step())
}

fn adam_one(_: &Data, _: &str, _: usize) -> Sample {
    adam(&[10_000_000], 5)
}

fn adam_many(_: &Data, _: &str, _: usize) -> Sample {
    adam(&[10_000; 100], 50)
}

fn elementwise(_: &Data, variant: &str, _: usize) -> Sample {
    match variant {
        "softmax" => {
            let x = tensor::randn([4096, 1000]);
            timed(10, move || drop(x.softmax(1)))
        }
        "sum" => {
            let x = tensor::randn(10_000_000);
            timed(10, move || drop(x.sum()))
        }
        _ => {
            let x = tensor::randn(10_000_000);
            timed(10, move || drop(x.relu() + &x * 2))
        }
    }
}

fn inference(_: &Data, _: &str, _: usize) -> Sample {
    let net = large_net();
    net.eval();
    let x = Variable::new(tensor::randn([1, 784]));
    timed(500, move || drop(no_grad(|| net.forward(&x))))
}

/// Trains B's net for an epoch on images kept as bytes.
pub(super) fn epoch_on_bytes() {
    let net = large_net();
    let mut optim = SGD::new(net.parameters(), 0.1);
    let digits = Data::digits();
    for (x, y) in DataLoader::new(&digits).batch_size(64).shuffle(true).iter() {
        train_step(&net, &mut optim, x, y);
    }
}

/// Bytes per second that a plain copy of a large buffer moves (read and written), on `threads` threads.
pub(super) fn copy_bandwidth(threads: usize) -> f64 {
    const LEN: usize = 40 << 20; // f32s: larger than any cache
    let source = vec![1.0f32; LEN];
    let mut target = vec![0.0f32; LEN];
    let mut best = f64::INFINITY;
    for _ in 0..5 {
        let start = Instant::now();
        std::thread::scope(|scope| {
            let piece = LEN.div_ceil(threads);
            for (target, source) in target.chunks_mut(piece).zip(source.chunks(piece)) {
                scope.spawn(|| target.copy_from_slice(source));
            }
        });
        best = best.min(start.elapsed().as_secs_f64());
    }
    2.0 * 4.0 * LEN as f64 / best
}
