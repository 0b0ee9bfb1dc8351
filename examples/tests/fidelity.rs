//! The note's runs against torch's, loss by loss: `fixtures/losses.py` recorded torch's. All of MNIST and torch as it is on
//! this machine are compared by `cargo xtask fidelity`.

use clap::ValueEnum;
use datasets::{DataLoader, Mnist};
use examples::{OptimizerKind, data_tf, mlp};
use nn::{CrossEntropyLoss, Forward, Module};
use serde::Deserialize;
use tensor::kernels::mkl::Mkl;
use tensor::kernels::simd::Isa;

#[derive(Deserialize)]
struct Fixture {
    runs: Vec<Run>,
}

#[derive(Deserialize)]
struct Run {
    mkl: String,
    isa: String,
    sizes: Vec<usize>,
    optimizer: String,
    lr: f64,
    losses: Vec<f64>,
}

/// The same run here.
fn losses(run: &Run, digits: &Mnist) -> Vec<f64> {
    match run.mkl.as_str() {
        "absent" => Mkl::Absent.select(),
        "other" => Mkl::Other.select(),
        mkl => panic!("{mkl}: no such path"),
    }
    tensor::manual_seed(0);
    let net = mlp(&run.sizes);
    let criterion = CrossEntropyLoss::new();
    let kind = OptimizerKind::from_str(&run.optimizer, false).expect("one of the note's");
    let mut optim = kind.build(net.parameters(), run.lr);
    let train_data = DataLoader::new(digits).batch_size(64).shuffle(true);
    let mut losses = Vec::new();
    while losses.len() < run.losses.len() {
        for (x, y) in train_data.iter().take(run.losses.len() - losses.len()) {
            let loss = criterion.forward(&net.forward(&x.into()), &y);
            optim.zero_grad();
            loss.backward();
            optim.step();
            losses.push(loss.item());
        }
    }
    losses
}

#[test]
fn losses_are_torchs_to_the_last_bit_from_the_first_step_into_the_second_epoch() {
    let fixture: Fixture = serde_json::from_str(include_str!("fixtures/losses.json")).unwrap();
    let digits = Mnist::embedded_train(data_tf());
    assert_eq!(fixture.runs.len(), 26);
    // Elsewhere `matrixmultiply` sums in its own order, and the first differences soon grow.
    let same_sums = matches!(Isa::current(), Isa::Avx2 | Isa::Avx512);
    // Without MKL there is one order for all; with it, torch's with AVX-512 and that with AVX2 differ.
    let here = |run: &Run| run.mkl == "absent" || run.isa == Isa::current().name();
    for run in fixture.runs.iter().filter(|run| here(run)) {
        let ours = losses(run, &digits);
        let what = format!("{:?}, {} {}, {} {}", run.sizes, run.optimizer, run.lr, run.mkl, run.isa);
        for (step, (x, y)) in (1..).zip(ours.iter().zip(&run.losses)) {
            if same_sums {
                assert_eq!(x, y, "{what}: step {step}");
            } else if step <= 5 {
                assert!(((x - y) / y).abs() <= 1e-5, "{what}: {x} instead of {y} at step {step}");
            }
        }
    }
}
