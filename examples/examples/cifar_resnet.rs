//! 11. A residual net sorts small pictures of ten kinds of things.

use std::path::PathBuf;

use clap::Parser;
use datasets::transforms::{
    Compose, Grayscale, Normalize, RandomCrop, RandomHorizontalFlip, Resize, ToTensor,
};
use datasets::{
    Cifar10, DataLoader, Dataset, Error, ImageCollection, ImageDataset, Mnist, Subset, transforms,
};
use examples::{Result, Results, Run, TrainOptions, evaluate, learning_rate};
use nn::models::resnet20;
use nn::{CrossEntropyLoss, Module};
use optim::lr_scheduler::{LRScheduler, MultiStepLR};
use optim::{Optimizer, SGD, SGDOptions};

/// Trains the residual net with 20 layers of He et al. (2015), as github.com/akamaster/pytorch_resnet_cifar10
/// does: images moved and mirrored by chance, SGD with momentum, a learning rate that falls to a tenth after
/// half of the epochs and again after three quarters.
///
/// CIFAR-10 comes with `cargo xtask fetch-data cifar10`. Where it is not, digits take its place, from the
/// sample in the library: a shorter run.
#[derive(Parser)]
#[command(mut_arg("data", |data| data.help(
    "Folder that holds cifar-10-batches-py. Default: ./data if CIFAR-10 is there, else digits, from the sample \
     embedded in the library"
)))]
struct Options {
    #[command(flatten)]
    train: TrainOptions<4, 1, 128>,

    /// Learning rate of the first epochs
    #[arg(long, value_name = "NUMBER", default_value_t = 0.1, value_parser = learning_rate)]
    lr: f64,

    /// What each weight is drawn towards 0 by
    #[arg(long, value_name = "NUMBER", default_value_t = 1e-4)]
    weight_decay: f64,
}

fn main() -> Result {
    let options = Options::parse();
    options.train.prepare_outputs()?;
    let folder = options.train.data.clone().unwrap_or_else(|| PathBuf::from("./data"));
    let chance = transforms![RandomCrop::new(32).padding(4), RandomHorizontalFlip::default()];
    match Cifar10::train(&folder, transforms![chance, to_input()]) {
        Err(Error::NotFound { .. }) if options.train.data.is_none() => {
            println!(
                "data: the embedded sample of MNIST (CIFAR-10 comes with `cargo xtask fetch-data cifar10`)"
            );
            let digit = || transforms![Resize::new(32), Grayscale::new(3)];
            let chance = RandomCrop::new(32).padding(4);
            let train = Mnist::embedded_train(transforms![digit(), chance, to_input()]);
            run(&options, "embedded", train, Mnist::embedded_test(transforms![digit(), to_input()]))
        }
        train => {
            println!("data: CIFAR-10 from {}", folder.display());
            run(&options, "cifar10", train?, Cifar10::test(&folder, to_input())?)
        }
    }
}

/// Mean 0 and standard deviation 1 over CIFAR-10.
fn to_input() -> Compose {
    transforms![ToTensor, Normalize::new([0.4914, 0.4822, 0.4465], [0.2470, 0.2435, 0.2616])]
}

fn run<C: ImageCollection>(
    options: &Options,
    dataset: &'static str,
    train: ImageDataset<C>,
    test: ImageDataset<C>,
) -> Result {
    let TrainOptions { seed, epochs, batch_size, limit, .. } = options.train;
    let count = limit.map_or(train.len(), |limit| limit.min(train.len()));
    let train = Subset::new(train, 0..count);

    tensor::manual_seed(seed);
    let net = resnet20(10);
    let settings = SGDOptions {
        lr: options.lr,
        momentum: 0.9,
        weight_decay: options.weight_decay,
        ..Default::default()
    };
    let mut optimizer = SGD::with(net.parameters(), settings);
    let mut scheduler = MultiStepLR::new(&mut optimizer, [epochs.div_ceil(2), (epochs * 3).div_ceil(4)], 0.1);
    let criterion = CrossEntropyLoss::new();
    let train_data = DataLoader::new(&train).batch_size(batch_size).shuffle(true);
    let mut run = Run::new("sgd", epochs, train_data.len());
    for _ in 0..epochs {
        run.train(&net, &train_data, |out, label| criterion.forward(out, label), || optimizer.step());
        run.epoch(evaluate(&net, &test));
        scheduler.step(&mut optimizer);
    }

    let runs = std::slice::from_ref(&run);
    Results::of(seed, dataset, [train.len(), test.len()], runs).write(options.train.json.as_deref())?;
    run.draw(&options.train.plot, "cifar_resnet")
}
