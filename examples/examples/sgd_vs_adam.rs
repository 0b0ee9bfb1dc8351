//! 6. SGD and Adam on the same net, the same first weights and the same order of samples.

use autograd::Variable;
use clap::Parser;
use datasets::DataLoader;
use examples::plot::semilogy;
use examples::{Data, Result, Results, Run, TrainOptions, evaluate, table};
use nn::{CrossEntropyLoss, Forward, Linear, Module, ReLU, Sequential, sequential};
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
    let sgd_run = train("sgd", &sgd_net, &mut sgd, &data, &options);

    println!("\nAdam, learning rate 0.001");
    tensor::manual_seed(options.seed);
    let adam_net = net();
    let mut adam = Adam::new(adam_net.parameters(), 1e-3);
    let adam_run = train("adam", &adam_net, &mut adam, &data, &options);

    let runs = [sgd_run, adam_run];
    table::print(&runs);
    Results::new(options.seed, &data, &runs).write(options.json.as_deref())?;
    semilogy(&options.plot.join("sgd_vs_adam.svg"), "train loss", &runs)
}

/// The loop over epochs: train on every batch, then look at the test set.
fn train(
    name: &str,
    net: &Sequential,
    optimizer: &mut dyn Optimizer,
    data: &Data,
    options: &TrainOptions<5>,
) -> Run {
    let criterion = CrossEntropyLoss::new();
    let train_data = DataLoader::new(&data.train).batch_size(options.batch_size).shuffle(true);
    let mut run = Run::new(name, options.epochs, train_data.len());
    for _ in 0..options.epochs {
        net.train();
        for (images, label) in &train_data {
            let out = net.forward(&Variable::new(images));
            let loss = criterion.forward(&out, &label);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            run.batch(&loss, &out, &label);
        }
        run.epoch(evaluate(net, &data.test));
    }
    run
}
