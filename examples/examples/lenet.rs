//! 10. LeNet-5, the first convolutional net that read digits for a bank.

use clap::Parser;
use datasets::DataLoader;
use examples::{Result, Results, Run, TrainOptions, evaluate, image_tf, learning_rate};
use nn::models::LeNet5;
use nn::{CrossEntropyLoss, Module};
use optim::{Adam, Optimizer};

/// Trains LeNet-5 (LeCun et al., 1998) on MNIST, with ReLU and max-pooling as it is written today, by Adam.
///
/// On all of MNIST it reads 99.0 % of the test digits after five epochs.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    train: TrainOptions<5, 1>,

    /// Learning rate
    #[arg(long, value_name = "NUMBER", default_value_t = 1e-3, value_parser = learning_rate)]
    lr: f64,

    /// Go through the samples in their order
    #[arg(long)]
    no_shuffle: bool,
}

fn main() -> Result {
    let options = Options::parse();
    let TrainOptions { epochs, batch_size, .. } = options.train;
    let data = options.train.prepare_with(image_tf)?;

    tensor::manual_seed(options.train.seed);
    let net = LeNet5::new();
    println!("{net}");
    let mut optimizer = Adam::new(net.parameters(), options.lr);
    let criterion = CrossEntropyLoss::new();
    let train_data = DataLoader::new(&data.train).batch_size(batch_size).shuffle(!options.no_shuffle);
    let mut run = Run::new("adam", epochs, train_data.len());
    for _ in 0..epochs {
        run.train(&net, &train_data, |out, label| criterion.forward(out, label), || optimizer.step());
        run.epoch(evaluate(&net, &data.test));
    }

    Results::new(options.train.seed, &data, std::slice::from_ref(&run))
        .write(options.train.json.as_deref())?;
    run.draw(&options.train.plot, "lenet")
}
