//! 6. SGD and Adam on the same net, the same first weights and the same order of samples.

use clap::Parser;
use examples::plot::semilogy;
use examples::{Result, Results, TrainOptions, table, train};
use nn::{Linear, Module, ReLU, Sequential, sequential};
use optim::{Adam, Optimizer, SGD};

/// Trains 784-200-10 with SGD and with Adam, and compares.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    train: TrainOptions<5>,
}

fn net() -> Sequential {
    sequential![Linear::new(784, 200), ReLU::new(), Linear::new(200, 10)]
}

fn main() -> Result {
    let Options { train: options } = Options::parse();
    let data = options.prepare()?;

    println!("\nSGD, learning rate 0.01");
    tensor::manual_seed(options.seed);
    let sgd_net = net();
    let mut sgd = SGD::new(sgd_net.parameters(), 1e-2);
    let sgd_run = train("sgd", &sgd_net, || sgd.step(), &data, options.epochs, options.batch_size);

    println!("\nAdam, learning rate 0.001");
    tensor::manual_seed(options.seed);
    let adam_net = net();
    let mut adam = Adam::new(adam_net.parameters(), 1e-3);
    let adam_run = train("adam", &adam_net, || adam.step(), &data, options.epochs, options.batch_size);

    let runs = [sgd_run, adam_run];
    table::print(&runs);
    Results::new(options.seed, &data, &runs).write(options.json.as_deref())?;
    semilogy(&options.plot.join("sgd_vs_adam.svg"), "train loss", &runs)
}
