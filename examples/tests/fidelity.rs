//! The note's runs against torch's, loss by loss: `fixtures/losses.py` recorded torch's. All of MNIST and more steps
//! are compared by `cargo xtask fidelity`.

use clap::ValueEnum;
use datasets::{DataLoader, Mnist};
use examples::{OptimizerKind, data_tf, mlp};
use nn::{CrossEntropyLoss, Forward, Module};
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture {
    runs: Vec<Run>,
}

#[derive(Deserialize)]
struct Run {
    sizes: Vec<usize>,
    optimizer: String,
    lr: f64,
    losses: Vec<f64>,
}

/// The same run here.
fn losses(run: &Run, digits: &Mnist) -> Vec<f64> {
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

/// How long rounding differences stay below 1e-4. Deep nets amplify them, and the first steps of Adagrad and RMSprop go by
/// the sign of each gradient, however small; `docs/fidelity.md` shows torch part from itself likewise.
fn steps_together(run: &Run) -> usize {
    match (run.sizes.len(), run.optimizer.as_str()) {
        (_, "adam") => 40,
        (3, _) => 60,
        (_, "momentum") => 60,
        (_, "sgd") => 30,
        (_, "adadelta") => 20,
        (_, "adagrad") => 10,
        _ => 7,
    }
}

#[test]
fn losses_are_torchs_until_rounding_differences_have_grown() {
    let fixture: Fixture = serde_json::from_str(include_str!("fixtures/losses.json")).unwrap();
    let digits = Mnist::embedded_train(data_tf());
    assert_eq!(fixture.runs.len(), 14);
    for run in &fixture.runs {
        let ours = losses(run, &digits);
        let apart: Vec<f64> = ours.iter().zip(&run.losses).map(|(x, y)| ((x - y) / y).abs()).collect();
        let what = format!("{:?}, {} {}", run.sizes, run.optimizer, run.lr);
        let together = &apart[..steps_together(run)];
        let worst = together.iter().copied().fold(0.0, f64::max);
        assert!(worst <= 1e-4, "{what}: a loss is {worst:.1e} off");
        let close = together.iter().filter(|&&d| d <= 1e-6).count();
        assert!(2 * close > together.len(), "{what}: only {close} of {} are within 1e-6", together.len());
    }
}
