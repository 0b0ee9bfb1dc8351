//! 5. Six optimizers by hand: the textbook's update rules as plain functions, each beside the library's.
//!
//! A rule needs nothing but the public parts of a parameter: its data, its gradient, and tensors
//! for what it remembers. The library's optimizers follow torch, whose formulas differ from these
//! in places: where ε stands, where the learning rate enters. `Formula::Textbook` asks for these, and
//! then both give the same losses.

use clap::Parser;
use examples::{Result, Results, Run, TrainOptions, train};
use nn::{Linear, Module, Parameter, ReLU, sequential};
use optim::{
    Adadelta, Adagrad, AdagradOptions, Adam, AdamOptions, Formula, Optimizer, RMSprop, RMSpropOptions, SGD,
    SGDOptions,
};
use tensor::Tensor;

/// Writes six optimizers by hand and trains 784-200-10 with each of them and with the library's.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    train: TrainOptions<2>,
}

/// `θ ← θ − lr·g`
fn sgd_update(parameters: &[Parameter], lr: f64) {
    for param in parameters {
        param.set_data(param.data() - lr * grad(param));
    }
}

/// `v ← γ·v + lr·g`, `θ ← θ − v`
fn sgd_momentum(parameters: &[Parameter], vs: &mut [Tensor], lr: f64, gamma: f64) {
    for (param, v) in parameters.iter().zip(vs) {
        *v = gamma * &*v + lr * grad(param);
        param.set_data(param.data() - &*v);
    }
}

/// `s ← s + g²`, `θ ← θ − lr / √(s + ε) · g`
fn sgd_adagrad(parameters: &[Parameter], sqrs: &mut [Tensor], lr: f64) {
    let eps = 1e-10;
    for (param, sqr) in parameters.iter().zip(sqrs) {
        *sqr = &*sqr + grad(param).square();
        let div = lr / (&*sqr + eps).sqrt() * grad(param);
        param.set_data(param.data() - div);
    }
}

/// `s ← α·s + (1 − α)·g²`, `θ ← θ − lr / √(s + ε) · g`
fn rmsprop(parameters: &[Parameter], sqrs: &mut [Tensor], lr: f64, alpha: f64) {
    let eps = 1e-10;
    for (param, sqr) in parameters.iter().zip(sqrs) {
        *sqr = alpha * &*sqr + (1.0 - alpha) * grad(param).square();
        let div = lr / (&*sqr + eps).sqrt() * grad(param);
        param.set_data(param.data() - div);
    }
}

/// `s ← ρ·s + (1 − ρ)·g²`, `g' = √(Δ + ε) / √(s + ε) · g`, `Δ ← ρ·Δ + (1 − ρ)·g'²`, `θ ← θ − g'`
fn adadelta(parameters: &[Parameter], sqrs: &mut [Tensor], deltas: &mut [Tensor], rho: f64) {
    let eps = 1e-6;
    for ((param, sqr), delta) in parameters.iter().zip(sqrs).zip(deltas) {
        *sqr = rho * &*sqr + (1.0 - rho) * grad(param).square();
        let cur_delta = (&*delta + eps).sqrt() / (&*sqr + eps).sqrt() * grad(param);
        *delta = rho * &*delta + (1.0 - rho) * cur_delta.square();
        param.set_data(param.data() - cur_delta);
    }
}

/// `v ← β₁·v + (1 − β₁)·g`, `s ← β₂·s + (1 − β₂)·g²`, `θ ← θ − lr · v̂ / √(ŝ + ε)` with
/// `v̂ = v / (1 − β₁ᵗ)` and `ŝ = s / (1 − β₂ᵗ)`
fn adam(parameters: &[Parameter], vs: &mut [Tensor], sqrs: &mut [Tensor], lr: f64, t: i32) {
    let (beta1, beta2, eps) = (0.9f64, 0.999f64, 1e-8);
    for ((param, v), sqr) in parameters.iter().zip(vs).zip(sqrs) {
        *v = beta1 * &*v + (1.0 - beta1) * grad(param);
        *sqr = beta2 * &*sqr + (1.0 - beta2) * grad(param).square();
        let v_hat = &*v / (1.0 - beta1.powi(t));
        let s_hat = &*sqr / (1.0 - beta2.powi(t));
        param.set_data(param.data() - lr * v_hat / (s_hat + eps).sqrt());
    }
}

/// `param.grad.data`
fn grad(param: &Parameter) -> Tensor {
    param.grad().expect("backward has just run")
}

/// A tensor of zeros for each parameter: `[torch.zeros_like(param.data) for param in parameters]`.
fn zeros_like(parameters: &[Parameter]) -> Vec<Tensor> {
    parameters.iter().map(|param| param.data().zeros_like()).collect()
}

/// A step by hand, with its parameters and its memory.
type ByHand = Box<dyn FnMut()>;

fn main() -> Result {
    let Options { train: options } = Options::parse();
    let data = options.prepare()?;
    let mut runs = Vec::new();

    let trained = |name: String, step: &dyn Fn(Vec<Parameter>) -> ByHand| {
        println!("\n{name}");
        tensor::manual_seed(options.seed);
        let net = sequential![Linear::new(784, 200), ReLU::new(), Linear::new(200, 10)];
        train(name, &net, step(net.parameters()), &data, options.epochs, options.batch_size)
    };
    let mut compare =
        |name: &str, hand: fn(Vec<Parameter>) -> ByHand, ours: fn(Vec<Parameter>) -> Box<dyn Optimizer>| {
            runs.push(trained(format!("{name} by hand"), &hand));
            runs.push(trained(format!("{name} of the library"), &|params| {
                let mut optimizer = ours(params);
                Box::new(move || optimizer.step())
            }));
        };

    compare(
        "sgd",
        |params| Box::new(move || sgd_update(&params, 1e-2)),
        |params| Box::new(SGD::new(params, 1e-2)),
    );
    compare(
        "momentum",
        |params| {
            let mut vs = zeros_like(&params);
            Box::new(move || sgd_momentum(&params, &mut vs, 1e-2, 0.9))
        },
        |params| {
            let options =
                SGDOptions { lr: 1e-2, momentum: 0.9, formula: Formula::Textbook, ..Default::default() };
            Box::new(SGD::with(params, options))
        },
    );
    compare(
        "adagrad",
        |params| {
            let mut sqrs = zeros_like(&params);
            Box::new(move || sgd_adagrad(&params, &mut sqrs, 1e-2))
        },
        |params| {
            let options = AdagradOptions { lr: 1e-2, formula: Formula::Textbook, ..Default::default() };
            Box::new(Adagrad::with(params, options))
        },
    );
    compare(
        "rmsprop",
        |params| {
            let mut sqrs = zeros_like(&params);
            Box::new(move || rmsprop(&params, &mut sqrs, 1e-3, 0.9))
        },
        |params| {
            let options = RMSpropOptions {
                lr: 1e-3,
                alpha: 0.9,
                eps: 1e-10,
                formula: Formula::Textbook,
                ..Default::default()
            };
            Box::new(RMSprop::with(params, options))
        },
    );
    compare(
        "adadelta",
        |params| {
            let (mut sqrs, mut deltas) = (zeros_like(&params), zeros_like(&params));
            Box::new(move || adadelta(&params, &mut sqrs, &mut deltas, 0.9))
        },
        |params| Box::new(Adadelta::new(params, 1.0)),
    );
    compare(
        "adam",
        |params| {
            let (mut vs, mut sqrs, mut t) = (zeros_like(&params), zeros_like(&params), 0);
            Box::new(move || {
                t += 1;
                adam(&params, &mut vs, &mut sqrs, 1e-3, t);
            })
        },
        |params| {
            let options = AdamOptions { lr: 1e-3, formula: Formula::Textbook, ..Default::default() };
            Box::new(Adam::with(params, options))
        },
    );

    print_columns(&runs);
    Results::new(options.seed, &data, &runs).write(options.json.as_deref())
}

/// Train losses, by hand and by the library, epoch for epoch.
fn print_columns(runs: &[Run]) {
    println!("\n{:<10} {:>5} {:>12} {:>12}", "train loss", "epoch", "by hand", "library");
    for pair in runs.chunks(2) {
        let name = pair[0].optimizer.split(' ').next().unwrap_or_default();
        for (e, (hand, ours)) in pair[0].epochs.iter().zip(&pair[1].epochs).enumerate() {
            println!("{name:<10} {:>5} {:>12.6} {:>12.6}", e + 1, hand.train_loss, ours.train_loss);
        }
    }
}
