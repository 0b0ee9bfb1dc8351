//! 7. Six optimizers with the textbook's settings, one table and one picture.

use autograd::Variable;
use clap::Parser;
use datasets::DataLoader;
use examples::plot::semilogy;
use examples::{OptimizerKind, Result, Results, Run, TrainOptions, evaluate, table};
use nn::{CrossEntropyLoss, Forward, Linear, Module, ReLU, sequential};

/// Trains 784-200-10 with each of six optimizers, from the same first weights, and compares.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    train: TrainOptions<5>,
}

fn main() -> Result {
    let Options { train: options } = Options::parse();
    let data = options.prepare()?;

    let criterion = CrossEntropyLoss::new();
    let train_data = DataLoader::new(&data.train).batch_size(options.batch_size).shuffle(true);
    let mut runs = Vec::new();
    for kind in OptimizerKind::ALL {
        tensor::manual_seed(options.seed);
        let net = sequential![Linear::new(784, 200), ReLU::new(), Linear::new(200, 10)];
        let mut optimizer = kind.build(net.parameters(), kind.lr());
        println!("\n{optimizer}");

        let mut run = Run::new(kind, options.epochs, train_data.len());
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
            run.epoch(evaluate(&net, &data.test));
        }
        runs.push(run);
    }

    table::print(&runs);
    Results::new(options.seed, &data, &runs).write(options.json.as_deref())?;
    semilogy(&options.plot.join("six_optimizers.svg"), "train loss", &runs)
}
