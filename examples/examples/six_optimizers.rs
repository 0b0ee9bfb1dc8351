//! 7. Six optimizers with the textbook's settings, one table and one picture.

use clap::Parser;
use examples::plot::semilogy;
use examples::{OptimizerKind, Result, Results, TrainOptions, table, train};
use nn::{Linear, Module, ReLU, sequential};

/// Trains 784-200-10 with each of six optimizers, from the same first weights, and compares.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    train: TrainOptions<5>,
}

fn main() -> Result {
    let Options { train: options } = Options::parse();
    let data = options.prepare()?;

    let mut runs = Vec::new();
    for kind in OptimizerKind::ALL {
        tensor::manual_seed(options.seed);
        let net = sequential![Linear::new(784, 200), ReLU::new(), Linear::new(200, 10)];
        let mut optimizer = kind.build(net.parameters(), kind.lr());
        println!("\n{optimizer}");
        runs.push(train(kind, &net, || optimizer.step(), &data, options.epochs, options.batch_size));
    }

    table::print(&runs);
    Results::new(options.seed, &data, &runs).write(options.json.as_deref())?;
    semilogy(&options.plot.join("six_optimizers.svg"), "train loss", &runs)
}
